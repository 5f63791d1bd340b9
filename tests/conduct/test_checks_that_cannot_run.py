"""Pytest cannot run at a stage's end, as where somebody left half a release file: users are with the canary."""

from types import SimpleNamespace

import pytest

from conduct.conclusion import open_journal
from conduct.effects import Effects
from conduct.judging import JudgingFailed
from ramp.conducted import Phase, Ramp, Step
from ramp.happened import Concluded
from ramp.ordered import Conclude
from ramp.release import Release
from ramp.target import Target
from reports.journal import read

NOWHERE = "http://127.0.0.1:9"
AT_10 = Ramp(
    course=(Step("stage_10", 10.0, 15.0),), before=("t_minus_10",), phase=Phase.ENDING, index=0, concluding=True
)


@pytest.fixture
def came(on_real, plan, tmp_path):
    """`came(ramp)`: what comes in where pytest is told what it does not know, and what is decided."""
    target = Target(edge_url=NOWHERE, scrapes=({"url": f"{NOWHERE}/metrics"},))
    run = on_real(Release(version="v20261124.1", commit="a" * 40, target="real", real=target), plan, tmp_path / "run")
    driver = SimpleNamespace(note=lambda row, problem: None, load_problem=lambda: None)

    def of(ramp):
        with open_journal(run, ["stage_10"]) as journal:
            effects = Effects(SimpleNamespace(run=run, driver=driver), journal, SimpleNamespace(), ["--no-such-option"])
            effects.carry_out(Conclude("stage_10"))
            effects._judging.process.wait()
            events = list(effects.came_in(ramp))
            effects.close()
        return events, [record for record in read(run.folder) if record["kind"] == "decision"]

    return of


def test_the_stage_is_held_and_the_conductor_stays(came):
    (concluded,), (decision,) = came(AT_10)
    assert isinstance(concluded, Concluded) and (concluded.moment, concluded.action) == ("stage_10", "HOLD")
    assert "pytest ended with status 4 at stage_10: HOLD" in decision["reason"]
    assert "incident_commander" in decision["page"]


def test_before_t0_a_mistake_in_its_arguments_ends_the_conductor(came):
    with pytest.raises(JudgingFailed, match="pytest ended with status 4"):
        came(Ramp(course=AT_10.course, before=("t_minus_10",), concluding=True))
