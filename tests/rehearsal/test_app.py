"""One slice of the product: it says who answered, counts tokens, money and users soundly, and breaks when told to."""

import asyncio
import json
import math
import re
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from fixtures.postgres_binaries import connect
from fixtures.rehearsal.app import COURSES, INFRA_USD_PER_REQUEST, App, Slice
from fixtures.rehearsal.faults import AppFaults
from fixtures.rehearsal.postgres import Postgres
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.caps import Caps
from ramp.privacy.scanner import findings
from ramp.release import Price, Route

DEADLINE_S = 5
VERSION, COMMIT, KEY = "v20261124.1", "c" * 40, "sk_test_rehearsal0000000000"
PRICES = {
    "small": Price(input_usd_per_mtok=0.4, output_usd_per_mtok=1.6),
    "large": Price(input_usd_per_mtok=3.0, output_usd_per_mtok=15.0),
}
TUTOR = "/api/tutor"


CAPS = Caps(count_max=6, amount_cents_max=2000, total_cents_max=3000)


@pytest.fixture(scope="module")
def postgres():
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        postgres = Postgres.start(Path(scratch), max_connections=20)
        yield postgres
        postgres.stop()


@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def app(serve, tmp_path):
    """`app(dsn=, stripe=, **faults)`: the address of an app; its log and traces lie in `tmp_path`."""

    def start(*, dsn="host=127.0.0.1 port=9 connect_timeout=2", stripe=None, processor="http://127.0.0.1:9", **faults):
        processor = processor if stripe is None else serve(stripe_app(secret_key=KEY, **stripe))
        return serve(
            App(
                Slice(
                    name="canary",
                    version=VERSION,
                    commit=COMMIT,
                    routes=(Route(path=TUTOR, model="small"),),
                    prices=PRICES,
                    stripe_url=processor,
                    stripe_key=KEY,
                    dsn=dsn,
                    folder=tmp_path,
                    caps=CAPS,
                    faults=AppFaults(**faults),
                )
            ).web_app()
        )

    return start


def ask(http, url, path="/", *, user=None, method="GET", body=None):
    headers = {"X-User": user} if user else {}
    return http.request(method, url + path, headers=headers, json=body, timeout=DEADLINE_S)


def tutor(http, url, user=None):
    return ask(http, url, TUTOR, user=user, method="POST", body={"question": "Why?"})


def check_out(http, url, number=1):
    return ask(http, url, "/api/checkout", method="POST", body={"amount_cents": 499, "key": f"order-{number}"})


def metrics(http, url):
    """`{name: sum over its series}`; a counter without series has no name here."""
    sums = Counter()
    for family in text_string_to_metric_families(ask(http, url, "/metrics").text):
        for sample in family.samples:
            sums[sample.name] += sample.value
    return sums


def series(http, url, name):
    """`[(labels, value)]` of one name."""
    families = text_string_to_metric_families(ask(http, url, "/metrics").text)
    return [(sample.labels, sample.value) for family in families for sample in family.samples if sample.name == name]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/account", 200),
        ("GET", "/courses", 200),
        ("GET", "/courses/algebra", 200),
        ("POST", TUTOR, 200),
        ("GET", "/courses/alchemy", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/pricing", 405),
        ("POST", "/api/checkout", 400),
    ],
)
def test_every_answer_says_whose_it_is(app, http, method, path, status):
    """A fault without a name would count as the other slice's."""
    answer = ask(http, app(), path, method=method, body={})
    assert answer.status_code == status
    assert (answer.headers["X-Release-Version"], answer.headers["X-Release-Commit"]) == (VERSION, COMMIT)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_the_fault_errors_says_whose_it_is_too(app, http):
    answer = ask(http, app(error_ratio=1.0))
    assert answer.status_code == 500 and answer.headers["X-Release-Version"] == VERSION


def test_pages_may_be_cached_and_api_answers_not(app, http):
    url = app()
    assert "max-age=" in ask(http, url, "/courses").headers["Cache-Control"]
    assert "Cache-Control" not in tutor(http, url).headers


def test_tokens_are_reported_by_route_and_model_under_open_telemetrys_names(app, http, tmp_path):
    url = app()
    answers = [tutor(http, url).json() for _ in range(3)]
    labels = {"http_route": TUTOR, "gen_ai_request_model": "small", "gen_ai_operation_name": "chat"}
    assert series(http, url, "gen_ai_client_operation_duration_seconds_count") == [(labels, 3)]
    tokens = {row["gen_ai_token_type"]: value for row, value in series(http, url, "gen_ai_client_token_usage_sum")}
    assert tokens.keys() == {"input", "output"}
    assert sum(tokens.values()) == sum(answer["tokens"] for answer in answers)
    traces = (tmp_path / "canary.traces.jsonl").read_text()
    assert re.findall(r'"gen_ai.request.model", "value": {"stringValue": "(\w+)"', traces) == ["small"] * 3
    told = re.findall(r'"gen_ai.usage.input_tokens", "value": {"intValue": "(\d+)"', traces)
    assert sum(map(int, told)) == tokens["input"]


def test_ai_is_sold_at_well_over_four_times_its_cost(app, http):
    url = app()
    for _ in range(10):
        tutor(http, url)
    revenue = {row["http_route"]: value for row, value in series(http, url, "ai_revenue_usd_total")}
    assert revenue[TUTOR] / ai_cost_usd(http, url, "small") > 4.3


def ai_cost_usd(http, url, model):
    tokens = {row["gen_ai_token_type"]: value for row, value in series(http, url, "gen_ai_client_token_usage_sum")}
    price = PRICES[model]
    return (tokens["input"] * price.input_usd_per_mtok + tokens["output"] * price.output_usd_per_mtok) / 1e6


def test_the_sums_over_users_are_those_of_what_each_user_cost(app, http):
    """Sum and sum of squares of cost per user, though a user comes more than once; visitors cost no user anything."""
    url, usd = app(), Counter()
    for user, pages, questions in [("ada", 3, 0), ("bob", 0, 2), ("cat", 1, 1), (None, 2, 1)]:
        for _ in range(pages):
            ask(http, url, "/pricing", user=user)
        for _ in range(questions):
            before = ai_cost_usd(http, url, "small") if series(http, url, "gen_ai_client_token_usage_sum") else 0.0
            tutor(http, url, user=user)
            usd[user] += ai_cost_usd(http, url, "small") - before
        usd[user] += INFRA_USD_PER_REQUEST * (pages + questions)
    del usd[None]
    sums = metrics(http, url)
    assert sums["users_total"] == 3
    assert math.isclose(sums["user_cost_usd_total"], math.fsum(usd.values()), rel_tol=1e-9)
    assert math.isclose(sums["user_cost_usd_squared_total"], math.fsum(cost**2 for cost in usd.values()), rel_tol=1e-9)


def test_a_checkout_is_paid_once_and_written_down(app, http, postgres):
    url = app(dsn=postgres.dsn, stripe={})
    paid = check_out(http, url)
    assert paid.json()["paid"] is True and paid.json()["payment_id"].startswith("pi_")
    assert check_out(http, url).json()["payment_id"] == paid.json()["payment_id"], "the key pays once"
    with connect(postgres.dsn) as connection:
        rows = connection.execute("select amount_cents, slice from orders order by 1 desc limit 2").fetchall()
    assert rows == [(499, "canary")] * 2
    sums = metrics(http, url)
    assert sums["payments_attempted_total"] == sums["payments_succeeded_total"] == 2
    assert not series(http, url, "payments_declined_total") and not series(http, url, "fraud_flags_total")


def test_a_checkout_that_is_under_way_has_not_failed(app, http, serve):
    asked, answer = threading.Event(), threading.Event()

    async def take_time(request):
        asked.set()
        while not answer.is_set():
            await asyncio.sleep(0.01)
        return web.json_response({"status": "requires_action"})

    slow = web.Application()
    slow.router.add_post("/v1/payment_intents", take_time)
    url = app(processor=serve(slow))
    with ThreadPoolExecutor() as aside:
        checkout = aside.submit(check_out, http, url)
        assert asked.wait(DEADLINE_S)
        assert metrics(requests, url)["payments_attempted_total"] == 0
        answer.set()
        assert checkout.result(DEADLINE_S).status_code == 402
    assert metrics(http, url)["payments_attempted_total"] == 1


def test_a_blocked_payment_is_declined_by_its_rule(app, http):
    url = app(stripe={"block_rule": "rule_block_high_risk"})
    answer = check_out(http, url)
    assert answer.status_code == 402 and answer.json()["paid"] is False
    ((labels, count),) = series(http, url, "payments_declined_total")
    assert (labels["rule"], count) == ("rule_block_high_risk", 1)
    assert series(http, url, "fraud_flags_total") == [({"rule": "rule_block_high_risk"}, 1)]


def test_a_payment_that_the_issuer_declines_goes_by_the_code_that_says_why(app, http):
    url = app(stripe={"decline_ratio": 1.0})
    answer = check_out(http, url)
    assert answer.status_code == 402 and answer.json()["paid"] is False
    ((labels, count),) = series(http, url, "payments_declined_total")
    assert labels["rule"] == answer.json()["reason"] != "none" and count == 1


def test_a_payment_that_the_processor_refuses_has_failed_and_was_not_declined(app, http):
    """The card is not why: the path to the money is broken."""
    url = app(stripe={})
    order = {"amount_cents": 0, "key": "order-1"}
    answer = ask(http, url, "/api/checkout", method="POST", body=order)
    assert answer.status_code == 402 and answer.json()["paid"] is False and answer.json()["reason"] != "none"
    assert not series(http, url, "payments_declined_total") and metrics(http, url)["payments_attempted_total"] == 1


def test_a_risky_payment_is_paid_and_flagged(app, http, postgres):
    url = app(dsn=postgres.dsn, stripe={"risk_level": "elevated"})
    assert check_out(http, url).json()["paid"] is True
    assert series(http, url, "fraud_flags_total") == [({"rule": "risk_elevated"}, 1)]


def test_a_processor_that_is_down_fails_the_checkout_and_only_that(app, http):
    url = app()
    answer = check_out(http, url)
    assert answer.status_code == 500 and answer.headers["X-Release-Version"] == VERSION
    sums = metrics(http, url)
    assert (sums["payments_attempted_total"], sums["payments_succeeded_total"]) == (1, 0)
    assert ask(http, url).status_code == 200


def test_a_database_that_is_down_fails_the_checkout_though_it_was_paid(app, http):
    """End to end it did not succeed."""
    url = app(stripe={})
    answer = check_out(http, url)
    assert answer.status_code == 500 and answer.headers["X-Release-Version"] == VERSION
    sums = metrics(http, url)
    assert (sums["payments_attempted_total"], sums["payments_succeeded_total"]) == (1, 0)


@pytest.mark.parametrize("body", [{}, [], {"amount_cents": 499}, None], ids=str)
def test_what_is_no_order_is_no_payment_attempt(app, http, body):
    url = app()
    assert ask(http, url, "/api/checkout", method="POST", body=body).status_code == 400
    assert metrics(http, url)["payments_attempted_total"] == 0


def test_every_answer_is_logged_without_personal_data(app, http, tmp_path):
    url = app()
    ask(http, url, "/courses/algebra", user="ada")
    tutor(http, url, user="ada")
    ask(http, url, "/nowhere")
    text = (tmp_path / "canary.log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["slice"], line["route"], line["status"]) for line in lines] == [
        ("canary", "/courses/algebra", 200),
        ("canary", TUTOR, 200),
        ("canary", "/nowhere", 404),
    ]
    assert not findings(text) and not findings((tmp_path / "canary.traces.jsonl").read_text())


def test_fault_the_schema_is_broken_for_every_course(app, http):
    right, wrong = app(), app(breaks_schema=True)
    for name in COURSES[:2]:
        assert isinstance(ask(http, right, f"/courses/{name}").json()["lessons"], list)
        assert ask(http, wrong, f"/courses/{name}").json()["lessons"] == 5


def test_fault_some_answers_are_errors(app, http):
    url = app(error_ratio=0.5)
    statuses = Counter(ask(http, url).status_code for _ in range(40))
    assert statuses.keys() == {200, 500} and 8 <= statuses[500] <= 32


def test_fault_answers_are_slow_by_their_factor(app, http, tmp_path):
    for factor in (1.0, 4.0):
        url = app(latency_factor=factor)
        for _ in range(9):
            ask(http, url)
    took_ms = [json.loads(line)["took_ms"] for line in (tmp_path / "canary.log").read_text().splitlines()]
    assert sorted(took_ms[9:])[4] > 2 * sorted(took_ms[:9])[4]


def test_fault_twice_the_tokens_erode_the_markup(app, http):
    url = app(token_factor=2.0)
    for _ in range(5):
        tutor(http, url)
    ((_, revenue_usd),) = series(http, url, "ai_revenue_usd_total")
    assert revenue_usd / ai_cost_usd(http, url, "small") < 4


def test_fault_another_model_is_reported_as_what_it_is_and_sold_as_what_was_meant(app, http):
    url = app(model="large")
    tutor(http, url)
    ((labels, _),) = series(http, url, "gen_ai_client_operation_duration_seconds_count")
    assert labels["gen_ai_request_model"] == "large"
    ((_, revenue_usd),) = series(http, url, "ai_revenue_usd_total")
    assert revenue_usd < ai_cost_usd(http, url, "large")


def test_fault_no_tokens_are_reported_and_the_rest_is(app, http):
    url = app(reports_tokens=False)
    assert tutor(http, url, user="ada").status_code == 200
    sums = metrics(http, url)
    assert not any(name.startswith("gen_ai") for name in sums)
    assert sums["users_total"] == 1 and sums["ai_revenue_usd_total"] > 0


def test_fault_a_users_infrastructure_costs_more(app, http):
    url = app(infra_cost_factor=20.0)
    ask(http, url, user="ada")
    assert math.isclose(metrics(http, url)["user_cost_usd_total"], 20 * INFRA_USD_PER_REQUEST)


def order(http, url, number, amount_cents):
    body = {"amount_cents": amount_cents, "key": f"order-{number}"}
    answer = ask(http, url, "/api/checkout", method="POST", body=body)
    return answer.status_code, answer.json().get("reason")


def test_a_checkout_over_a_cap_of_its_own_is_refused_and_no_attempt(app, http, postgres):
    """Over the amount, the total and the number, each by its name; the same order again counts once."""
    url = app(dsn=postgres.dsn, stripe={})
    assert order(http, url, 1, 2001) == (403, "over the cap amount_cents_max")
    assert order(http, url, 2, 2000) == order(http, url, 2, 2000) == (200, None)
    assert order(http, url, 3, 1001) == (403, "over the cap total_cents_max")
    assert [order(http, url, number, 100) for number in range(4, 9)] == [(200, None)] * 5
    assert order(http, url, 9, 100) == (403, "over the cap count_max")
    assert series(http, url, "payments_attempted_total") == [({}, 7)]
    assert ask(http, url, "/payment-caps").json() == vars(CAPS)


def test_faults_of_the_caps(app, http, postgres):
    """Said otherwise than enforced, not enforced though said, or not said at all."""
    loose = app(dsn=postgres.dsn, stripe={}, caps="loose")
    assert ask(http, loose, "/payment-caps").json() == vars(CAPS) | {"amount_cents_max": 50_000}
    taking = app(dsn=postgres.dsn, stripe={}, caps="not_enforced")
    assert ask(http, taking, "/payment-caps").json() == vars(CAPS)
    assert order(http, taking, 1, 2001) == (200, None)
    assert ask(http, app(caps="unreadable"), "/payment-caps").status_code == 500


def test_fault_every_third_checkout_fails(app, http, postgres):
    url = app(dsn=postgres.dsn, stripe={}, checkout_fails_every=3)
    assert [check_out(http, url, number).status_code for number in range(6)] == [200, 200, 502, 200, 200, 502]
    assert not series(http, url, "payments_declined_total")
    sums = metrics(http, url)
    assert (sums["payments_attempted_total"], sums["payments_succeeded_total"]) == (6, 4)
