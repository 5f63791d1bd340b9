"""Payments that stopped stay so in their run: T-10 pays nothing more, load does not check out, and it is said."""

from dataclasses import replace

import pytest
import requests

from conduct.conclusion import conclude, open_journal
from conduct.load_pays import NOTHING, share_of
from fixtures.payments.probe import open_ledger
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.observation import NoEvidence
from ramp.target import LoadAllowed

KEY = "sk_test_rehearsalstopped"


@pytest.fixture
def run(rehearsed, serve):
    """A run with a rehearsal of which only the processor answers."""
    secrets = {"STRIPE_API_KEY": KEY, "SLACK_BOT_TOKEN": "-" * 9, "PAGERDUTY_ROUTING_KEY": "-" * 9}
    allowed = LoadAllowed(arrivals_per_s_max=1000, checkout_path="/api/checkout")
    return rehearsed(stripe_url=serve(stripe_app(secret_key=KEY)), secrets=secrets, load=allowed)


def orphan(run):
    customer(run, {"metadata[purpose]": "load"})


def customer(run, metadata=None):
    """A payment of $1 that is authorised and not captured yet."""
    form = {"amount": 100, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    form |= {"capture_method": "manual", "metadata[release]": run.release.version} | (metadata or {})
    url = f"{run.site.target.stripe_url}/v1/payment_intents"
    requests.post(url, data=form, headers={"Authorization": f"Bearer {KEY}"}, timeout=5).raise_for_status()


def test_a_run_whose_payments_stopped_gives_no_account_to_pay_with(run):
    assert run.payments_stopped is None
    run.stop_payments("an orphan")
    run.stop_payments("another")

    assert run.payments_stopped == "an orphan"
    with pytest.raises(NoEvidence, match=r"payments of this run stopped \(an orphan\)"):
        run.paying_account()
    assert run.reading_account().secret_key.get_secret_value() == KEY


def test_another_run_asks_anew(run, rehearsed, tmp_path_factory):
    run.stop_payments("an orphan")

    assert run.joined().payments_stopped == "an orphan"
    assert type(run)(plan=run.plan, site=run.site, folder=tmp_path_factory.mktemp("other")).payments_stopped is None


def test_load_checks_out_where_processor_and_ledger_agree(run, plan):
    share, unpaid = share_of(run, plan.moment("stage_10"), hold_s=60)

    assert (share.stage, share.count > 0, unpaid) == ("stage_10", True, None)


def test_customers_take_their_room_from_load_where_the_whole_release_counts(run):
    customer(run)
    scope = {"caps": run.plan.caps.model_copy(update={"scope": "release"})}
    whole = replace(run, plan=run.plan.model_copy(update=scope))

    assert share_of(run, run.plan.moment("stage_10"), hold_s=60)[0].beside == (0, 0, 0)
    assert share_of(whole, run.plan.moment("stage_10"), hold_s=60)[0].beside == (1, 100, 0)


def test_load_does_not_check_out_beside_a_payment_that_nobody_knows(run, plan):
    """It is asked before a stage's first checkout; T-10 of the same run pays nothing then either."""
    orphan(run)

    share, unpaid = share_of(run, plan.moment("stage_10"), hold_s=60)

    assert share == NOTHING
    assert "orphan" in unpaid and run.payments_stopped in unpaid
    assert "payments of this run stopped" in share_of(run, plan.moment("stage_25"), hold_s=60)[1]


def test_load_does_not_check_out_without_a_ledger(run, plan, tmp_path):
    open_ledger(run.site.ledger_url, run.plan)
    for file in tmp_path.rglob("ledger.db"):
        file.unlink()

    share, unpaid = share_of(run, plan.moment("stage_10"), hold_s=60)

    assert share == NOTHING
    assert "has vanished" in unpaid and run.payments_stopped is None


def test_the_reason_is_told_with_each_decision(run):
    run.stop_payments("an orphan")
    with open_journal(run, ["go_plus_30"]) as writing:
        conclusion = conclude(writing, run, "go_plus_30", {})

    assert conclusion.remarks[0] == "nothing more is paid in this run: an orphan"
