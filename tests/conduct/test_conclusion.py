"""What the run knows as a secret never reaches Slack or the pager, whatever its shape."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from conduct.conclusion import conclude, conclude_interrupted, open_journal
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_server import slack_app
from ramp.decision import Action
from ramp.verdict import Colour, Verdict
from reports.journal import latest, read
from tests.samples import untagged

RELEASE = Path(__file__).parents[2] / "release.toml"
TOKEN, ROUTING_KEY = "xoxb-rehearsal-token", "r0utingkeyr0utingkeyr0utingkey00"
SHAPELESS = "kingfisher & <blue>"


@pytest.fixture
def run(serve, rehearsed, tmp_path):
    secrets = {"STRIPE_API_KEY": SHAPELESS, "SLACK_BOT_TOKEN": TOKEN, "PAGERDUTY_ROUTING_KEY": ROUTING_KEY}
    return rehearsed(
        secrets=secrets,
        facts={"rollback_command": f"abort --token '{SHAPELESS}'"},
        slack_url=serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/",
        pager_url=serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
    )


def test_a_secret_without_a_known_shape_reaches_neither_slack_nor_the_pager(run, tmp_path):
    told = f"the processor says {SHAPELESS}"
    verdicts = {
        check: Verdict(check=check, moment="stage_10", colour=Colour.RED, why=told, notes=(told,))
        for check in run.plan.required("stage_10")
    }
    with open_journal(run, ["stage_10"]) as journal:
        conclusion = conclude(journal, run, "stage_10", verdicts)

    card = (tmp_path / "slack" / "messages.jsonl").read_text("utf-8")
    events = (tmp_path / "pager" / "events.jsonl").read_text("utf-8")
    assert conclusion.remarks == () and all("the processor says [TOKEN]" in untagged(sent) for sent in (card, events))
    assert "abort --token" in card
    for sent in (card, events):
        assert "kingfisher" not in sent and "blue" not in sent
    details = json.loads(events.splitlines()[0])["payload"]["custom_details"]
    assert untagged(details["latency"]) == "latency RED at stage_10: the processor says [TOKEN]"
    assert untagged(details["rollback"]).startswith("abort --token '[TOKEN]'")


def test_the_go_of_a_rehearsal_is_when_it_started(run):
    """Whatever the release file says of the real one."""
    with open_journal(run, ["go_plus_30"]) as journal:
        conclude(journal, run, "go_plus_30", {})

    records = read(run.folder)
    go_at_utc, started_at_s = datetime.fromisoformat(records[0]["go_at_utc"]), run.site.running.began_at_s
    assert abs(go_at_utc.timestamp() - started_at_s) < 0.001
    assert any("GO: " in record["text"] for record in records if record["kind"] == "card")


def test_what_the_operator_interrupts_is_one_card_and_no_incident(run, tmp_path):
    """The journal, the page and the card say so; nobody is got out of bed for the twelve checks that did not run."""
    (conclusion,) = conclude_interrupted(run, ["stage_10"], {})

    sent = [json.loads(line) for line in (tmp_path / "slack" / "messages.jsonl").read_text("utf-8").splitlines()]
    (card,) = [message["text"] for message in sent if "thread_ts" not in message]
    assert "interrupted by the operator" in card
    assert "interrupted by the operator" in (tmp_path / "page.html").read_text("utf-8")
    assert not (tmp_path / "pager" / "events.jsonl").exists()
    chapter = latest(read(tmp_path)).newest
    assert chapter.decision == conclusion.decision
    assert (chapter.decision.action, chapter.decision.reason) == (Action.HOLD, "interrupted by the operator")
    assert {verdict.why for verdict in chapter.verdicts} == {"interrupted by the operator before this was judged"}
