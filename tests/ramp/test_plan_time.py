"""How fast plan time may pass on a real target: as the clock does, or up to 20 where all of it is on this machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.plan_time import HERE_MAX, elsewhere, faster_refused
from ramp.target import Target
from ramp.validation import typed

HERE = {"edge_url": "http://127.0.0.1:8080", "scrapes": [{"url": "http://localhost:9090/metrics"}]}
SERVER = {"url": "http://[::1]:9090", "slices": {"label": "track"}, "signals": {"users": "users_total"}}


COMMANDS = {"read": ["weight"], "set": ["weight", "{weight_pct}"], "rollback": ["weight", "0"]}


def target(**changed):
    return typed(Target, HERE | changed, "release.toml")


def none_is_set(name):
    return False


def refused(of, speed, is_set=none_is_set):
    return faster_refused(of, speed, is_set)


@given(st.floats(1, HERE_MAX))
def test_all_of_it_on_loopback_may_run_at_up_to_20(speed):
    assert refused(target(), speed) is None


@given(st.floats(0.1, 3600).filter(lambda speed: not 1 <= speed <= HERE_MAX))
def test_no_real_target_runs_slower_than_the_clock_or_faster_than_20(speed):
    assert "runs at 1 to 20" in refused(target(), speed)


def test_every_target_runs_at_1():
    assert refused(target(edge_url="https://app.example.com"), 1) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"edge_url": "https://app.example.com"},
        {"edge_url": "http://127.0.0.1.example.com"},
        {"edge_url": "http://10.0.0.7"},
        {"edge_url": "http://0.0.0.0:8080"},
        {"scrapes": [*HERE["scrapes"], {"url": "http://192.168.1.4:9090/metrics"}]},
        {"scrapes": [], "prometheus": SERVER | {"url": "http://prometheus:9090"}},
        {"openapi_url": "https://app.example.com/openapi.json"},
        {"caps": {"url": "https://payments.internal/caps"}},
        {"traffic": {"admin_url": "http://edge.internal:81"}},
        {"traffic": COMMANDS | {"set": ["kubectl", "--server=https://k8s.example.com", "{weight_pct}"]}},
        {"ledger": {"postgres_env": "SHIPROOM_LEDGER"}},
        {"slack_url": "https://chat.example.com/api/", "slack_token_env": "SLACK_BOT_TOKEN"},
    ],
)
def test_one_address_elsewhere_or_of_which_nobody_knows_is_enough(changed):
    said = refused(target(**changed), 20, lambda name: name == "SLACK_BOT_TOKEN")

    assert said.startswith("is 20, and a real target runs at 1") and said.endswith("Leave out --speed")


@pytest.mark.parametrize("secret", ["STRIPE_API_KEY", "SLACK_BOT_TOKEN", "PAGERDUTY_ROUTING_KEY"])
def test_a_vendor_that_would_hear_of_it_is_an_address_and_one_without_its_secret_is_none(secret):
    assert refused(target(), 20) is None
    (said,) = elsewhere(target(), lambda name: name == secret)
    assert said.startswith("[real] ")


def test_other_texts_are_no_addresses():
    signals = {"users": 'users_total{page="https://app.example.com"}', "db_cpu_ratio": 'max(cpu{of="http://db"})'}

    assert refused(target(scrapes=[], prometheus=SERVER | {"signals": signals}, traffic=COMMANDS), 20) is None
