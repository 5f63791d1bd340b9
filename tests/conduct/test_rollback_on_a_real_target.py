"""A rollback on a real target: with --act its open authorisations are voided; what stays held is said everywhere."""

from dataclasses import replace

import pytest
import requests

from conduct.conclusion import conclude, open_journal
from conduct.open_payments import refund_probes
from fixtures.payments.ledger import State
from fixtures.payments.payer import Payer
from fixtures.payments.probe import open_ledger
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.target import ScrapeEndpoint, Target
from ramp.verdict import Colour, Verdict
from reports.journal import latest, read
from reports.payments_told import in_words

KEY = "sk_test_realrollback00"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def processor(serve):
    return serve(stripe_app(secret_key=KEY))


@pytest.fixture
def run(on_real, plan, processor, tmp_path, monkeypatch, rehearsed):
    """`run(act=True)`: of a real target whose processor, in test mode, is the only part that answers."""
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    target = Target(
        edge_url=NOWHERE,
        scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),),
        stripe_url=processor,
        slack_url=NOWHERE,
        pager_url=NOWHERE,
    )
    release = rehearsed(secrets={}).release.model_copy(update={"target": "real", "real": target})
    (tmp_path / "runs" / "1").mkdir(parents=True)
    return lambda act: on_real(release, plan, tmp_path / "runs" / "1", act=act)


def authorised(run, processor, key):
    """A payment of $1 that was authorised and not captured yet."""
    form = {"amount": 100, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    form |= {"capture_method": "manual", "metadata[release]": run.release.version, "metadata[key]": key}
    headers = {"Authorization": f"Bearer {KEY}"}
    made = requests.post(f"{processor}/v1/payment_intents", data=form, headers=headers, timeout=5).json()
    ledger = open_ledger(run.site.ledger_url, run.plan, run.release.version)
    ledger.reserve(key, 100)
    ledger.mark_sent(key)
    ledger.authorized(key, made["id"])
    return ledger, lambda: requests.get(
        f"{processor}/v1/payment_intents/{made['id']}", headers=headers, timeout=5
    ).json()["status"]


def rolled_back(run):
    colours = dict.fromkeys(run.plan.required("stage_10"), Colour.GREEN) | {"privacy": Colour.RED}
    verdicts = {
        check: Verdict(check=check, moment="stage_10", colour=colour, why="said so")
        for check, colour in colours.items()
    }
    verdicts["privacy"] = replace(verdicts["privacy"], trigger="F2")
    with open_journal(run, ["stage_10"]) as writing:
        conclusion = conclude(writing, run, "stage_10", verdicts)
    assert conclusion.decision.action == "ROLLBACK"
    return conclusion


def told(run):
    """What journal, page and card say of payments."""
    (card,) = [record["text"] for record in read(run.folder) if record["kind"] == "payments_card"]
    return " ".join(latest(read(run.folder)).newest.payments_ended), (run.folder / "page.html").read_text("utf-8"), card


@pytest.mark.parametrize("kind", ["t10-1", "load-host-1-1"])
def test_with_act_the_release_s_open_authorisations_are_voided(run, processor, kind):
    """The suite's own, and those that its load had the release make."""
    acting = run(act=True)
    ledger, status = authorised(acting, processor, f"{acting.release.version}-{kind}")

    conclusion = rolled_back(acting)

    assert status() == "canceled"
    assert [entry.state for entry in ledger.entries()] == [State.VOIDED]
    assert "payments ended: 1 VOIDED" in conclusion.remarks
    assert all("payments ended: 1 VOIDED" in said for said in told(acting))


def test_without_act_nothing_is_changed_and_what_stays_held_is_said_on_terminal_card_and_page(run, processor):
    looking = run(act=False)
    ledger, status = authorised(looking, processor, f"{looking.release.version}-t10-1")

    conclusion = rolled_back(looking)

    assert (status(), [entry.state for entry in ledger.entries()]) == ("requires_capture", [State.AUTHORIZED])
    held = "could not be ended and stay held: 1, $1.00 in all"
    for said in ("\n".join(conclusion.remarks), *told(looking)):
        assert held in said and "python -m ramp recover --act" in said


def test_a_processor_that_does_not_answer_this_key_leaves_it_held_and_said(run, processor, monkeypatch):
    acting = run(act=True)
    authorised(acting, processor, f"{acting.release.version}-t10-1")
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_another000000")

    conclusion = rolled_back(acting)

    assert any("could not be ended and stay held" in remark for remark in conclusion.remarks)


def test_where_nothing_was_paid_nothing_is_asked_or_said(run, monkeypatch):
    """Also by a release that has no key for a processor at all."""
    monkeypatch.delenv("STRIPE_API_KEY")
    conclusion = rolled_back(run(act=True))

    assert not any("payments" in remark for remark in conclusion.remarks)
    assert not [record for record in read(run(act=True).folder) if record["kind"] == "payments_card"]


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("act", [False, True])
def test_probes_are_given_back_where_the_plan_says_so(run, processor, asked, act):
    acting = run(act=act)
    refunds = acting.plan.refunds.model_copy(update={"probes_on_rollback": asked})
    acting = replace(acting, plan=acting.plan.model_copy(update={"refunds": refunds}))
    ledger = open_ledger(acting.site.ledger_url, acting.plan, acting.release.version)
    keys = [f"{acting.release.version}-t10-1", f"{acting.release.version}-load-host-1-1"]
    for key in keys:
        assert Payer(ledger, acting.reading_account()).settle(key, 100).captured

    conclusion = rolled_back(acting)

    states = {entry.key: entry.state for entry in ledger.entries()}
    back = asked and act
    assert states == {keys[0]: State.REFUNDED if back else State.CAPTURED, keys[1]: State.CAPTURED}
    assert ("probes given back: 1" in conclusion.remarks) == back
    assert any("probes not given back: 1" in remark for remark in conclusion.remarks) == (asked and not act)
    assert ledger.spend().count == 2 and ledger.spend().total_cents == 200, "the caps are gross"
    assert refund_probes(acting) == ({keys[0]: refund_probes(acting)[keys[0]]} if asked and not act else {})


def test_words_for_whatever_the_journal_holds():
    assert in_words({"ended": [], "refunded": {}, "why": None}) == ()
    assert in_words({"ended": [], "why": "the ledger is gone"}) == ("open payments were not ended: the ledger is gone",)
    assert in_words({}) == ()
