"""The Stripe-compatible server, asked by the official SDK."""

import pytest
import requests
import stripe

from fixtures.rehearsal.stripe_server import stripe_app

KEY = "sk_test_rehearsalserver"
EXPAND = {"expand": ["latest_charge.outcome.rule"]}


@pytest.fixture
def connect(serve):
    """`connect(**faults)` gives the SDK's services on a fresh server."""
    with requests.Session() as session:

        def connected(key=KEY, **faults):
            client = stripe.StripeClient(
                key,
                base_addresses={"api": serve(stripe_app(secret_key=KEY, **faults))},
                max_network_retries=0,
                http_client=stripe.RequestsClient(timeout=5, session=session),
            )
            return client.v1

        yield connected


def pay(v1, card="pm_card_visa", amount=100, key=None, **params):
    given = {"amount": amount, "currency": "usd", "payment_method": card, "confirm": True, **EXPAND, **params}
    return v1.payment_intents.create(given, {"idempotency_key": key} if key else {})


def test_a_manual_payment_is_authorised_then_captured(connect):
    v1 = connect()
    held = pay(v1, capture_method="manual", metadata={"release": "v20261124.1", "key": "t10-1"})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 100, 0)
    assert held.metadata.to_dict() == {"release": "v20261124.1", "key": "t10-1"}
    assert v1.payment_intents.capture(held.id).status == "succeeded"
    found = v1.payment_intents.retrieve(held.id, EXPAND)
    assert (found.status, found.amount_capturable, found.amount_received) == ("succeeded", 0, 100)
    assert found.latest_charge.captured
    assert found.latest_charge.outcome.to_dict() == {
        "type": "authorized",
        "network_status": "approved_by_network",
        "risk_level": "normal",
        "reason": None,
        "rule": None,
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.capture(held.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_an_automatic_payment_succeeds_at_once_and_an_unconfirmed_one_waits(connect):
    v1 = connect()
    assert pay(v1).status == "succeeded"
    waiting = pay(v1, confirm=False)
    assert waiting.status == "requires_confirmation"
    assert v1.payment_intents.confirm(waiting.id).status == "succeeded"


def test_part_of_an_authorisation_can_be_captured_but_no_more_than_it(connect):
    v1 = connect()
    held = pay(v1, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.capture(held.id, {"amount_to_capture": 101})
    assert v1.payment_intents.capture(held.id, {"amount_to_capture": 40}).amount_received == 40


def test_a_charge_is_an_id_until_it_is_expanded(connect):
    v1 = connect()
    paid = pay(v1, expand=[])
    assert paid.latest_charge.startswith("ch_")
    assert v1.charges.retrieve(paid.latest_charge).payment_intent == paid.id


@pytest.mark.parametrize(
    ("card", "decline_code", "outcome", "rule"),
    [
        ("pm_card_chargeDeclined", "generic_decline", "issuer_declined", None),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds", "issuer_declined", None),
        ("pm_card_radarBlock", "fraudulent", "blocked", "block_if_high_risk"),
    ],
)
def test_a_decline_is_a_card_error_with_its_reason_and_rule(connect, card, decline_code, outcome, rule):
    v1 = connect()
    with pytest.raises(stripe.CardError) as declined:
        pay(v1, card)
    error = declined.value.error
    assert (error.code, error.decline_code) == ("card_declined", decline_code)
    charge = v1.charges.retrieve(error.charge)
    assert (charge.outcome.type, charge.outcome.rule, charge.paid) == (outcome, rule, False)
    found = v1.payment_intents.retrieve(error.payment_intent.id, EXPAND)
    assert found.status == "requires_payment_method"
    assert (found.latest_charge.outcome.rule.id if rule else None) == rule


def test_the_same_key_brings_the_same_answer_and_other_parameters_an_error(connect):
    v1 = connect()
    first = pay(v1, key="k", capture_method="manual")
    v1.payment_intents.capture(first.id)
    again = pay(v1, key="k", capture_method="manual")
    assert again.last_response.body == first.last_response.body, "as it was then, not as it is now"
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        pay(v1, key="k", amount=101, capture_method="manual")
    assert len(v1.payment_intents.list().data) == 1


def test_a_decline_is_replayed_and_a_mended_request_is_not(connect):
    v1 = connect()
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            pay(v1, "pm_card_chargeDeclined", key="declined")
    with pytest.raises(stripe.InvalidRequestError):
        pay(v1, "pm_no_such_card", key="mended")
    assert pay(v1, key="mended").status == "succeeded"
    assert len(v1.payment_intents.list().data) == 2


def test_lists_are_newest_first_in_pages_and_by_creation(connect):
    v1 = connect()
    ids = [pay(v1).id for _ in range(5)]
    first = v1.payment_intents.list({"limit": 2})
    assert ([row.id for row in first.data], first.has_more) == ([ids[4], ids[3]], True)
    assert [row.id for row in first.auto_paging_iter()] == ids[::-1]
    made_at = v1.payment_intents.retrieve(ids[0]).created
    assert len(v1.payment_intents.list({"created": {"gte": made_at}}).data) == 5
    assert v1.payment_intents.list({"created": {"lt": made_at}}).data == []
    listed = v1.payment_intents.list({"limit": 1, "expand": ["data.latest_charge"]})
    assert listed.data[0].latest_charge.outcome.risk_level == "normal"


def test_refunds_give_back_what_was_captured_once(connect):
    v1 = connect()
    paid = pay(v1)
    assert v1.refunds.create({"payment_intent": paid.id, "amount": 40}).amount == 40
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.create({"payment_intent": paid.id, "amount": 61})
    assert v1.refunds.create({"payment_intent": paid.id}).amount == 60
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_already_refunded"


def test_a_cancelled_authorisation_cannot_be_captured(connect):
    v1 = connect()
    held = pay(v1, capture_method="manual")
    assert v1.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"}).status == "canceled"
    for move in (v1.payment_intents.capture, v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError):
            move(held.id)


def test_a_wrong_key_is_refused_and_pays_nothing(connect):
    with pytest.raises(stripe.AuthenticationError) as refused:
        pay(connect(key="sk_test_someoneelses"))
    assert refused.value.http_status == 401
    assert "someoneelses" not in str(refused.value)


def test_every_answer_carries_a_request_id_and_the_version_asked_for(connect):
    v1 = connect()
    paid, again = pay(v1), pay(v1)
    assert paid.last_response.request_id.startswith("req_")
    assert paid.last_response.request_id != again.last_response.request_id
    assert paid.last_response.headers["Stripe-Version"] == stripe.api_version


@pytest.mark.parametrize(("params", "param"), [({"amount": 0}, "amount"), ({"currency": ""}, "currency")])
def test_a_parameter_that_cannot_be_used_is_named(connect, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(connect(), **params)
    assert refused.value.param == param


def test_what_is_not_there_is_not_found(connect):
    v1 = connect()
    for ask in (v1.payment_intents.retrieve, v1.payment_intents.capture, v1.charges.retrieve, v1.customers.retrieve):
        with pytest.raises(stripe.InvalidRequestError) as missing:
            ask("pi_none")
        assert missing.value.http_status == 404


def test_the_decline_ratio_is_met_exactly_and_evenly(connect):
    v1 = connect(decline_ratio=0.25)
    declined = []
    for _ in range(12):
        try:
            pay(v1)
            declined.append(False)
        except stripe.CardError:
            declined.append(True)
    assert declined == [False, False, False, True] * 3


def test_a_block_rule_and_a_risk_level_are_reported(connect):
    v1 = connect(block_rule="rule_velocity")
    with pytest.raises(stripe.CardError) as blocked:
        pay(v1)
    charge = v1.charges.retrieve(blocked.value.error.charge, {"expand": ["outcome.rule"]})
    assert (charge.outcome.type, charge.outcome.rule.id) == ("blocked", "rule_velocity")
    assert pay(connect(risk_level="elevated")).latest_charge.outcome.risk_level == "elevated"


def test_a_capture_that_fails_leaves_the_authorisation(connect):
    v1 = connect(capture_fails=True)
    held = pay(v1, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.capture(held.id)
    assert v1.payment_intents.retrieve(held.id).status == "requires_capture"


def test_a_lost_reply_was_executed(connect):
    v1 = connect(loses_replies=True)
    with pytest.raises(stripe.APIConnectionError):
        pay(v1)
    assert [row.status for row in v1.payment_intents.list().data] == ["succeeded"]
