"""What a page has is recognised: a program's page by its preset, any other by what looks like requests and latency."""

import tomllib
from pathlib import Path

import pytest

from fixtures.sources.metrics_there import metrics_of
from ramp.metrics_seen import Detected, MetricSeen, detected, histogram_of
from ramp.metrics_shown import pasted, selectors, table
from ramp.presets import PRESETS
from ramp.target import Target

PAGES = Path(__file__).parent.parent / "pages"


def starlette(**labels):
    status = {"status_code": frozenset({"200", "503"}), "path": frozenset({"/", "/healthz"})} | labels
    return [
        MetricSeen(family="starlette_request_duration_seconds", kind="histogram", labels=status, bounds=(0.1, 0.25)),
        MetricSeen(family="starlette_requests", kind="counter", labels=status),
        MetricSeen(family="python_gc_collection_seconds", kind="histogram", bounds=(0.1,)),
        MetricSeen(family="http_client_request_duration_seconds", kind="histogram", labels=status, bounds=(0.1,)),
    ]


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_each_preset_is_recognised_on_the_page_that_its_program_makes(preset):
    first, *_ = sorted(PAGES.glob(f"{preset}-*.txt"), key=lambda path: len(path.name))
    found = detected(metrics_of(first.read_text()))

    assert preset in found.presets
    real = tomllib.loads(pasted(found))["real"] | {"edge_url": "http://a", "scrapes": [{"url": "http://a/metrics"}]}
    assert preset in Target.model_validate(real).preset


def test_a_page_of_another_program_gives_rows_of_its_own():
    found = detected(starlette())

    assert dict(found.series) == {
        "latency_s": {"metric": "starlette_request_duration_seconds", "status": "status_code"}
    }
    assert tomllib.loads("\n".join(table(found)))["real"]["series"] == dict(found.series)


@pytest.mark.parametrize(
    ("name", "bounds"), [("http_request_duration_ms", (5.0, 50.0)), ("http_latency", (5.0, 900.0))]
)
def test_milliseconds_are_recognised_by_name_or_by_boundaries(name, bounds):
    labels = {"code": frozenset({"200"})}
    found = detected([MetricSeen(family=name, kind="histogram", labels=labels, bounds=bounds)])
    assert found.series["latency_s"]["unit"] == "ms"


def test_a_label_that_tells_canary_from_the_others_is_recognised():
    found = detected(starlette(track=frozenset({"shop-canary", "shop-stable"})))
    assert found.slices == ("track", "shop-canary", "shop-stable")


def test_a_label_with_several_canaries_tells_nothing():
    assert detected(starlette(pod=frozenset({"canary-1", "canary-2", "stable-1"}))).slices is None


def test_nothing_is_made_up_of_a_page_without_requests():
    there = [MetricSeen(family="python_gc_objects_collected", kind="counter")]
    found = detected(there)

    assert not found.is_something and histogram_of(found, there) is None and pasted(found) == ""
    assert selectors(found, there)[1] == "no requests among python_gc_objects_collected"


def test_selectors_for_a_server_count_failures_by_the_status_label():
    asked, lacking = selectors(detected(starlette()), starlette())
    assert lacking == ""
    assert list(asked) == [
        "latency_s = 'starlette_request_duration_seconds'",
        "requests = 'starlette_request_duration_seconds_count'",
        "errors = 'starlette_request_duration_seconds_count{status_code=~\"5..|5xx|5\"}'",
    ]


def test_what_is_dropped_is_no_match_of_a_selector():
    row = {"metric": "d_seconds", "status": "code", "drop": {"path": ["/health.json", "/ping"]}}
    (latency_s, *_), _ = selectors(Detected((), {"latency_s": row}, None), ())
    assert latency_s == r"""latency_s = 'd_seconds{path!~"/health\\.json|/ping"}'"""
