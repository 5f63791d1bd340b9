"""A rollback leaves no authorisation open: what the ledger holds is ended at the processor, and journaled."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import requests

from conduct.conclusion import conclude, open_journal
from fixtures.payments.ledger import State
from fixtures.payments.probe import open_ledger
from fixtures.rehearsal.running import LEDGER_FOLDER, NOTE, SECRETS_FILE
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.verdict import Colour, Verdict
from reports import journal

RELEASE = Path(__file__).parents[2] / "release.toml"
KEY = "sk_test_rehearsalrollback"


@pytest.fixture
def processor(serve):
    return serve(stripe_app(secret_key=KEY))


@pytest.fixture
def run(rehearsed, processor):
    """A run with a rehearsal of which only the processor answers."""
    secrets = {"STRIPE_API_KEY": KEY, "SLACK_BOT_TOKEN": "-" * 9, "PAGERDUTY_ROUTING_KEY": "-" * 9}
    return rehearsed(stripe_url=processor, secrets=secrets)


def authorised(run, processor, key):
    """A payment of $1 that the T-10 probe has authorised, and not captured yet."""
    form = {"amount": 100, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    form |= {"capture_method": "manual", "metadata[release]": run.release.version, "metadata[key]": key}
    headers = {"Authorization": f"Bearer {KEY}"}
    made = requests.post(f"{processor}/v1/payment_intents", data=form, headers=headers, timeout=5).json()
    ledger = open_ledger(run.site.ledger_url, run.plan)
    ledger.reserve(key, 100)
    ledger.mark_sent(key)
    ledger.authorized(key, made["id"])
    return ledger, lambda: requests.get(
        f"{processor}/v1/payment_intents/{made['id']}", headers=headers, timeout=5
    ).json()["status"]


def concluded(run, trigger):
    colours = dict.fromkeys(run.plan.required("stage_10"), Colour.GREEN) | {"privacy": Colour.RED}
    verdicts = {
        check: Verdict(check=check, moment="stage_10", colour=colour, why="said so")
        for check, colour in colours.items()
    }
    verdicts["privacy"] = replace(verdicts["privacy"], trigger=trigger)
    with open_journal(run, ["stage_10"]) as writing:
        conclusion = conclude(writing, run, "stage_10", verdicts)
    return conclusion, [record for record in journal.read(run.folder) if record["kind"] == "payments_ended"]


def test_a_rollback_voids_open_authorisations(run, processor):
    ledger, status = authorised(run, processor, f"{run.release.version}-t10-1")

    conclusion, (ended,) = concluded(run, "F2")

    assert conclusion.decision.action == "ROLLBACK"
    assert status() == "canceled"
    assert [entry.state for entry in ledger.entries()] == [State.VOIDED]
    assert [(each["before"], each["after"], each["why"]) for each in ended["ended"]] == [("AUTHORIZED", "VOIDED", None)]


def test_the_command_ends_what_nobody_moves_and_leaves_the_rest(run, processor, tmp_path):
    """A payment of a moment ago may still have its sender."""
    ledger, status = authorised(run, processor, f"{run.release.version}-t10-1")
    note = vars(run.site.running) | {"scratch": str(tmp_path), "created_s": psutil.Process().create_time()}
    note = {name: value for name, value in note.items() if name not in ("process", "secrets")} | {
        "target": run.site.target.model_dump()
    }
    (tmp_path / NOTE).write_text(json.dumps(note))
    (tmp_path / SECRETS_FILE).write_text(json.dumps(run.site.running.secrets))

    assert commanded(tmp_path) == (0, "No payment was left open.\n", "")
    assert (status(), [entry.state for entry in ledger.entries()]) == ("requires_capture", [State.AUTHORIZED])


def test_the_command_says_when_there_is_nothing_to_ask(tmp_path):
    """A rehearsal that has ended took its ledger and its processor along; none is made in its place."""
    status, said, sentence = commanded(tmp_path)

    assert (status, said) == (10, "")
    assert "has ended" in sentence
    assert list(tmp_path.iterdir()) == []


def commanded(folder):
    argv = [sys.executable, "-m", "ramp", "recover", f"--run={folder}"]
    ended = subprocess.run(argv, cwd=RELEASE.parent, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def test_a_hold_leaves_payments_to_whoever_makes_them(run, processor):
    ledger, status = authorised(run, processor, f"{run.release.version}-t10-1")

    conclusion, ended = concluded(run, None)

    assert (conclusion.decision.action, ended, status()) == ("HOLD", [], "requires_capture")
    assert [entry.state for entry in ledger.entries()] == [State.AUTHORIZED]


def test_a_rollback_without_a_ledger_goes_on_and_says_so(run, processor):
    """The decision stands; what could not be ended is a remark and a record."""
    authorised(run, processor, f"{run.release.version}-t10-1")
    (run.folder / LEDGER_FOLDER / "ledger.db").unlink()

    conclusion, (ended,) = concluded(run, "F2")

    assert conclusion.decision.action == "ROLLBACK"
    assert any("open payments were not ended" in remark for remark in conclusion.remarks)
    assert ended["ended"] == [] and "ledger" in ended["why"]
