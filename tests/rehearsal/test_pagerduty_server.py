import json

import pytest
import requests

from fixtures.rehearsal.pagerduty_server import pagerduty_app

KEY = "r0utingkeyr0utingkeyr0utingkey00"
PAYLOAD = {"summary": "payments RED", "source": "shiproom", "severity": "critical"}
TRIGGER = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "v1/payments", "payload": PAYLOAD}


@pytest.fixture
def enqueue(serve, tmp_path):
    url = serve(pagerduty_app(routing_key=KEY, folder=tmp_path)) + "/v2/enqueue"
    with requests.Session() as session:
        session.trust_env = False
        yield lambda body: session.post(url, data=json.dumps(body) if isinstance(body, dict) else body, timeout=5)


def test_events_are_taken_and_written_down_without_the_routing_key(enqueue, tmp_path):
    answer = enqueue(TRIGGER)
    assert (answer.status_code, answer.json()["dedup_key"]) == (202, "v1/payments")
    assert enqueue({"routing_key": KEY, "event_action": "resolve", "dedup_key": "v1/payments"}).status_code == 202
    written = (tmp_path / "events.jsonl").read_text("utf-8")
    assert [json.loads(line)["event_action"] for line in written.splitlines()] == ["trigger", "resolve"]
    assert KEY not in written


def test_a_trigger_without_a_dedup_key_is_given_one(enqueue):
    answer = enqueue({name: value for name, value in TRIGGER.items() if name != "dedup_key"})
    assert answer.status_code == 202 and answer.json()["dedup_key"]


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (TRIGGER | {"routing_key": "another"}, "routing_key"),
        (TRIGGER | {"event_action": "shout"}, "event_action"),
        (TRIGGER | {"dedup_key": "x" * 256}, "dedup_key"),
        (TRIGGER | {"payload": None}, "payload"),
        (TRIGGER | {"payload": PAYLOAD | {"summary": "x" * 1025}}, "summary"),
        (TRIGGER | {"payload": PAYLOAD | {"severity": "RED"}}, "severity"),
        ({"routing_key": KEY, "event_action": "resolve"}, "dedup_key"),
    ],
)
def test_an_event_that_pagerduty_would_refuse_is_a_400_that_names_the_field(enqueue, tmp_path, event, named):
    answer = enqueue(event)
    assert answer.status_code == 400
    assert named in " ".join(answer.json()["errors"])
    assert not (tmp_path / "events.jsonl").exists()
