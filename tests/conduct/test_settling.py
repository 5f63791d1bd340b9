"""`python -m ramp recover --settle`: a named person's word, in the ledger and the journal, or one sentence why not."""

import json
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from conduct.settling import parsed
from fixtures.payments.ledger import CapLedger, Caps, State
from fixtures.rehearsal.running import NOTE, SECRETS_FILE
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.__main__ import main
from ramp.validation import Invalid
from reports import journal

SECRET = "sk_test_rehearsalsettling"
WHY = "the processor's support wrote that it was never made"


@pytest.fixture
def run(rehearsed, serve, tmp_path):
    """A run of a rehearsal of which only the processor answers, with a payment of a while ago that nobody can end."""
    secrets = {"STRIPE_API_KEY": SECRET, "SLACK_BOT_TOKEN": "-" * 9, "PAGERDUTY_ROUTING_KEY": "-" * 9}
    run = rehearsed(stripe_url=serve(stripe_app(secret_key=SECRET)), secrets=secrets)
    note = vars(run.site.running) | {"scratch": str(tmp_path), "created_s": psutil.Process().create_time()}
    note = {name: value for name, value in note.items() if name not in ("process", "secrets")} | {
        "target": run.site.target.model_dump()
    }
    (tmp_path / NOTE).write_text(json.dumps(note))
    (tmp_path / SECRETS_FILE).write_text(json.dumps(run.site.running.secrets))
    earlier = datetime.now(UTC) - timedelta(hours=25)
    ledger = CapLedger(run.site.ledger_url, Caps(100, 2000, 150_000), now=lambda: earlier)
    ledger.reserve("key-1", 100)
    ledger.mark_sent("key-1")
    ledger.unknown("key-1")
    return run


def recover(run, *words):
    return main(["recover", f"--run={run.folder}", *words])


def entry(run):
    return CapLedger(run.site.ledger_url, Caps(100, 2000, 150_000)).entries()[0]


def settlements(run):
    return [record for record in journal.read(run.folder) if record["kind"] == "payment_settled"]


def test_a_payment_is_settled_by_name_and_journaled(run, capsys):
    assert recover(run, "--settle=key-1=never_made", f"--because={WHY}", "--by=U0PAY") == 0

    assert capsys.readouterr().out == f"key-1: UNKNOWN -> REJECTED, settled by U0PAY: {WHY}\n"
    assert (entry(run).state, entry(run).reason) == (State.REJECTED, f"U0PAY: {WHY}")
    (record,) = settlements(run)
    facts = ("key", "before", "after", "by", "because")
    assert [record[name] for name in facts] == ["key-1", "UNKNOWN", "REJECTED", "U0PAY", WHY]


def test_without_by_it_is_the_one_who_is_logged_in(run, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ada")

    assert recover(run, "--settle", "key-1=captured", "--because", WHY) == 0
    assert settlements(run)[0]["by"] == "ada"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--settle=key-1=captured"], "--because is missing"),
        (["--settle=key-1=captured", "--because= "], "--because is missing"),
        (["--settle=key-1=captured", f"--because={'x' * 301}"], "--because is missing"),
        (["--settle=key-1=captured", "--because=a\nb"], "--because is missing"),
        (["--settle=key-1=captured", f"--because={WHY}", "--by="], "--by is missing"),
        (["--settle=key-1=void", f"--because={WHY}"], "Did you mean 'voided'?"),
        (["--settle=key-1", f"--because={WHY}"], "Outcomes: never_made, voided, captured."),
        (["--settle==voided", f"--because={WHY}"], "is no KEY=OUTCOME"),
        (["--settle=", f"--because={WHY}"], "is no KEY=OUTCOME"),
        ([f"--because={WHY}"], "go with --settle"),
        (["--by=U0PAY"], "go with --settle"),
    ],
)
def test_what_is_missing_or_mistyped_settles_nothing(run, capsys, words, says):
    assert recover(run, *words) == 4

    assert says in capsys.readouterr().err
    assert (entry(run).state, settlements(run)) == (State.UNKNOWN, [])


def test_what_cannot_be_settled_is_one_sentence_and_a_hold(run, capsys):
    assert recover(run, "--settle=key-2=voided", f"--because={WHY}") == 10

    said = capsys.readouterr().err
    assert said.startswith("nothing was settled: neither the ledger nor the processor has a payment key-2")
    assert settlements(run) == []


def test_a_rehearsal_that_has_ended_has_nothing_to_settle(tmp_path, capsys):
    status = main(["recover", f"--run={tmp_path}", "--settle=key-1=voided", f"--because={WHY}"])

    assert (status, "has ended" in capsys.readouterr().err, list(tmp_path.iterdir())) == (10, True, [])


def test_a_key_may_have_an_equals_sign():
    assert parsed("a=b=voided", WHY, "U0PAY") == ("a=b", "voided", WHY, "U0PAY")
    with pytest.raises(Invalid, match="KEY=OUTCOME"):
        parsed("voided", WHY, "U0PAY")
