"""A conductor that cannot go on while users are with the canary calls whoever commands before it ends."""

import json
from datetime import timedelta

import pytest

from conduct.afternoon import Afternoon
from conduct.conclusion import open_journal
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from ramp.happened import Concluded, Opened, ShareSeen, WeightRead, record
from ramp.observation import NoEvidence
from ramp.release import Release
from ramp.target import Target
from ramp.traffic_rows import EdgeAdmin

NOWHERE = "http://127.0.0.1:9"
KEY = "r0utingkeyr0utingkeyr0utingkey00"
AT_1 = (Concluded("t_minus_10", "CONTINUE"), WeightRead(1.0), ShareSeen(True))


@pytest.fixture
def ended(on_real, plan, serve, tmp_path, monkeypatch):
    """`ended(*events)`: whom a conductor calls that comes back to these after the clock was set back."""
    monkeypatch.setenv("PAGERDUTY_ROUTING_KEY", KEY)
    pager = serve(pagerduty_app(routing_key=KEY, folder=tmp_path))
    target = Target(
        edge_url=NOWHERE,
        scrapes=({"url": f"{NOWHERE}/metrics"},),
        traffic=EdgeAdmin(admin_url=NOWHERE),
        slack_url=NOWHERE,
        pager_url=pager,
    )
    release = Release(version="v20261124.1", commit="a" * 40, target="real", real=target)
    run = on_real(release, plan, tmp_path / "run", act=True)

    def of(*events):
        with open_journal(run, []) as journal:
            at = run.site.clock.now() + timedelta(hours=1)
            journal.append("ordered", at, what="Conclude", order={"moment": "t_minus_10"})
            for event in (Opened(0.0), *events):
                journal.append("happened", at, event=record(event))
        with pytest.raises(NoEvidence, match="was set back"):
            Afternoon(run, [], waits=True).conduct()
        calls = tmp_path / "events.jsonl"
        lines = calls.read_text("utf-8").splitlines() if calls.exists() else []
        return [json.loads(line)["payload"]["summary"] for line in lines]

    return of


def test_whoever_commands_is_called_where_users_are_with_the_canary(ended):
    (said,) = ended(*AT_1)
    assert said.startswith("v20261124.1: the conductor ended at stage_1: HOLD: this machine's clock says")
    assert "nobody looks at it" in said


def test_before_t0_nobody_is_called(ended):
    assert ended() == []
