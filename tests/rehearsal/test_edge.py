"""The edge: a sticky, monotone split, forced slices, a cache for each slice, and each of its faults."""

import time

import pytest
import requests
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from ramp.release import CanaryRouting

DEADLINE_S = 5
ROUTING = CanaryRouting(header="x-slice", canary="new", control="old")


def origin(name, max_age_s=30, asked=None):
    """A slice that says its name, and may be cached for `max_age_s`."""

    async def answer(request):
        if asked is not None:
            asked.append((request.method, request.path_qs, request.headers.get("X-User"), await request.text()))
        headers = {"X-Release-Version": name, "Cache-Control": f"public, max-age={max_age_s}", "X-Secret": "inside"}
        status = int(request.query.get("status", 200))
        return web.Response(text=f"{name} {request.path_qs}", status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


@pytest.fixture
def edge(serve):
    """`edge(**faults)`: the address of an edge before both slices."""

    def start(*, canary=None, control=None, **faults):
        origins = {
            "canary": canary or serve(origin("canary")),
            "control": control or serve(origin("control")),
        }
        return serve(Edge(origins, ROUTING, EdgeFaults(**faults)).web_app())

    return start


@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session


def weigh(http, url, canary_pct):
    return http.put(f"{url}/-/weight", json={"canary_pct": canary_pct}, timeout=DEADLINE_S)


def slice_of(http, url, path="/", **headers):
    return http.get(url + path, headers=headers, timeout=DEADLINE_S).headers["X-Release-Version"]


def forced(http, url, slice, path="/page"):
    return http.get(url + path, headers={"x-slice": "new" if slice == "canary" else "old"}, timeout=DEADLINE_S)


def metrics(http, url):
    """`{(name, labels...): value}` of the edge's page."""
    text = http.get(f"{url}/metrics", timeout=DEADLINE_S).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}


def test_a_user_who_is_on_the_canary_stays_on_it_as_the_weight_rises(edge, http):
    """The same users at the same weight, more of them at a higher one, and about as many as the weight says."""
    url, users, before = edge(), [f"user-{number}" for number in range(250)], set()
    for canary_pct in (0, 1, 10, 25, 50, 100):
        assert weigh(http, url, canary_pct).json() == {"canary_pct": canary_pct}
        now = {user for user in users if slice_of(http, url, **{"X-User": user}) == "canary"}
        assert before <= now, f"{before - now} left the canary at {canary_pct} %"
        assert abs(len(now) / len(users) - canary_pct / 100) < 0.08
        before = now
    assert before == set(users)
    weigh(http, url, 25)
    again = {user for user in users if slice_of(http, url, **{"X-User": user}) == "canary"}
    weigh(http, url, 0)
    assert 40 < len(again) < 90 and not any(slice_of(http, url, **{"X-User": user}) == "canary" for user in users[:40])


def test_visitors_are_split_by_who_they_are(edge, http):
    url = edge()
    weigh(http, url, 50)
    once = [slice_of(http, url, **{"X-Visitor": f"visitor-{number}"}) for number in range(40)]
    assert once == [slice_of(http, url, **{"X-Visitor": f"visitor-{number}"}) for number in range(40)]
    assert set(once) == {"canary", "control"}


@pytest.mark.parametrize("canary_pct", [0, 100])
def test_the_routing_key_forces_a_slice_whatever_the_weight_and_is_no_split(edge, http, canary_pct):
    url = edge()
    weigh(http, url, canary_pct)
    assert [slice_of(http, url, **{"x-slice": key}) for key in ("new", "old")] == ["canary", "control"]
    counted = metrics(http, url)
    assert counted["split_requests_total", "canary"] == counted["split_requests_total", "control"] == 0


def test_in_a_placebo_control_is_behind_both_slices_until_the_next_weight(edge, http):
    """Counted as the canary's, answered by control, and nothing of it is left in the canary's cache."""
    url, to_canary = edge(), {"x-slice": "new"}
    placebo = {"canary_pct": 50, "placebo": True}
    assert http.put(f"{url}/-/weight", json=placebo, timeout=DEADLINE_S).json() == placebo

    assert {slice_of(http, url, "/page", **to_canary) for _ in range(3)} == {"control"}
    assert weigh(http, url, 1).json() == {"canary_pct": 1}
    assert slice_of(http, url, "/page", **to_canary) == "canary"


@pytest.mark.parametrize("key", ["", "NEW", "canary", "neww"])
def test_another_value_of_the_routing_key_forces_nothing(edge, http, key):
    url = edge()
    weigh(http, url, 100)
    assert slice_of(http, url, **{"x-slice": key}) == "canary"
    assert metrics(http, url)["split_requests_total", "canary"] == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"canary_pct": -1}',
        '{"canary_pct": 100.5}',
        '{"canary_pct": "10"}',
        '{"canary_pct": true}',
        '{"canary_pct": NaN}',
        '{"canary_pct": null}',
        '{"canary_pct": 1e999}',
        "{}",
        "[]",
        "null",
        "ten",
        "",
    ],
)
def test_a_weight_that_cannot_be_is_refused_and_changes_nothing(edge, http, body):
    url = edge()
    weigh(http, url, 25)
    answer = http.put(f"{url}/-/weight", data=body, timeout=DEADLINE_S)
    assert answer.status_code == 400 and "must be from 0 to 100" in answer.json()["error"]
    assert http.get(f"{url}/-/weight", timeout=DEADLINE_S).json() == {"canary_pct": 25}


def test_each_slice_has_a_cache_of_its_own(edge, http):
    url = edge()
    said = [forced(http, url, slice).headers["Cache-Status"] for slice in ("canary", "control", "canary", "control")]
    assert said == ["edge; fwd=uri-miss; stored"] * 2 + [said[2], said[3]]
    assert all(hit.startswith("edge; hit; ttl=") for hit in said[2:])
    assert [forced(http, url, slice).text for slice in ("canary", "control")] == ["canary /page", "control /page"]
    counted = metrics(http, url)
    for slice in ("canary", "control"):
        asked = {key[0]: value for key, value in counted.items() if slice in key and "hit" not in key}
        assert counted[("cache_requests_total", *sorted(("hit", slice)))] == 2 and asked["cache_requests_total"] == 1
        assert asked["origin_requests_total"] == asked["http_server_request_duration_seconds_count"] == 1


def test_an_answer_of_the_cache_is_the_slices_own_and_says_its_age(edge, http):
    url = edge()
    first, second = forced(http, url, "canary"), forced(http, url, "canary")
    assert second.headers["X-Release-Version"] == "canary" and second.headers["Age"].isdigit()
    assert second.text == first.text and second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "X-Secret" not in first.headers


def test_what_expired_is_fetched_again(edge, http, serve):
    url = edge(canary=serve(origin("canary", max_age_s=1)))
    forced(http, url, "canary"), forced(http, url, "canary")
    deadline = time.monotonic() + DEADLINE_S
    while "hit" in forced(http, url, "canary").headers["Cache-Status"]:
        assert time.monotonic() < deadline, "it never expired"
        time.sleep(0.05)
    assert metrics(http, url)["origin_requests_total", "canary"] == 2


@pytest.mark.parametrize("path", ["/page?status=404", "/api/tutor"])
def test_errors_and_the_api_are_not_cached(edge, http, path):
    url = edge()
    for _ in range(2):
        assert "hit" not in forced(http, url, "canary", path).headers.get("Cache-Status", "")
    assert metrics(http, url)["origin_requests_total", "canary"] == 2


def test_what_may_not_be_cached_is_not(edge, http, serve):
    url = edge(canary=serve(origin("canary", max_age_s=0)))
    assert [forced(http, url, "canary").headers["Cache-Status"] for _ in range(2)] == ["edge; fwd=uri-miss"] * 2


def test_queries_are_pages_of_their_own(edge, http):
    url = edge()
    assert [forced(http, url, "canary", f"/page?number={number}").text for number in (1, 2, 1)] == [
        "canary /page?number=1",
        "canary /page?number=2",
        "canary /page?number=1",
    ]


def test_user_method_and_body_reach_the_slice(edge, http, serve):
    asked = []
    url = edge(canary=serve(origin("canary", asked=asked)))
    headers = {"x-slice": "new", "X-User": "ada"}
    http.post(f"{url}/api/tutor?x=1", data="Why?", headers=headers, timeout=DEADLINE_S)
    assert asked == [("POST", "/api/tutor?x=1", "ada", "Why?")]


def test_a_slice_that_is_down_is_a_502_and_counts_against_it(edge, http):
    url = edge(canary="http://127.0.0.1:9")
    assert forced(http, url, "canary").status_code == 502
    assert forced(http, url, "canary").status_code == 502, "and is not cached"
    assert forced(http, url, "control").status_code == 200
    counted = metrics(http, url)
    seconds = "http_server_request_duration_seconds_count"
    assert sum(value for key, value in counted.items() if key[0] == seconds and {"502", "canary"} <= set(key)) == 2
    assert not any(key[0] == seconds and {"502", "control"} <= set(key) for key in counted)


def test_counters_are_there_from_the_beginning(edge, http):
    counted = metrics(http, edge())
    for slice in ("canary", "control"):
        for key in (("origin_requests_total",), ("split_requests_total",), ("cache_requests_total", "hit")):
            assert counted[(key[0], *sorted((*key[1:], slice)))] == 0
    bounds = {le for name, *labels in counted for le in labels if name.endswith("_bucket")}
    assert not bounds, "a histogram without answers says nothing"


def bounds(http, url):
    forced(http, url, "canary")
    text = http.get(f"{url}/metrics", timeout=DEADLINE_S).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.labels["le"] for sample in samples if "le" in sample.labels}


def test_120_ms_is_a_boundary_unless_the_fault_took_it_away(edge, http):
    assert "0.12" in bounds(http, edge())
    assert "0.12" not in bounds(http, edge(metrics="no_120_ms_bucket"))


def test_fault_a_stuck_split_keeps_its_share_and_says_the_weight_that_was_set(edge, http):
    url = edge(split_stuck_pct=0)
    assert weigh(http, url, 100).json() == {"canary_pct": 100}
    assert {slice_of(http, url, **{"X-User": f"user-{number}"}) for number in range(20)} == {"control"}


def test_fault_visitors_of_ten_requests_stay_with_their_slice(edge, http):
    url = edge(requests_a_visitor=10)
    weigh(http, url, 50)
    answered = [slice_of(http, url, **{"X-Visitor": f"visitor-{number}"}) for number in range(60)]
    each = [set(answered[first : first + 10]) for first in range(0, 60, 10)]
    assert [len(slices) for slices in each] == [1] * 6 and len(set.union(*each)) == 2


def test_fault_crossed_slices_answer_the_canarys_key_with_control(edge, http):
    url = edge(crosses_slices=True)
    assert [slice_of(http, url, **{"x-slice": key}) for key in ("new", "old")] == ["control", "control"]


def test_fault_the_canarys_cache_is_skipped_and_controls_is_not(edge, http):
    """From T-0 on, until the edge's own tool tunes it."""
    url = edge(canary_cache_skip_ratio=1.0)

    def hits():
        for slice in ("canary", "control"):
            for _ in range(3):
                forced(http, url, slice)
        counted = metrics(http, url)
        return [counted[("cache_requests_total", *sorted(("hit", slice)))] for slice in ("canary", "control")]

    assert hits() == [2, 2]
    weigh(http, url, 1)
    assert hits() == [2, 5]
    assert http.put(f"{url}/-/cache", timeout=DEADLINE_S).status_code == 200
    assert hits() == [5, 8]


def test_fault_a_silent_cache_hits_and_says_nothing(edge, http):
    url = edge(cache_status=False)
    forced(http, url, "canary")
    hit = forced(http, url, "canary")
    assert "Cache-Status" not in hit.headers and "Age" not in hit.headers
    assert metrics(http, url)["cache_requests_total", "canary", "hit"] == 1


def test_fault_a_cache_that_stores_nothing_says_so(edge, http):
    url = edge(stores=False)
    assert [forced(http, url, "canary").headers["Cache-Status"] for _ in range(2)] == ["edge; fwd=uri-miss"] * 2


def test_fault_metrics_are_down_and_traffic_is_not(edge, http):
    url = edge(metrics="down")
    assert http.get(f"{url}/metrics", timeout=DEADLINE_S).status_code == 503
    assert forced(http, url, "canary").status_code == 200


def test_fault_malformed_metrics_cannot_be_parsed(edge, http):
    url = edge(metrics="malformed")
    text = http.get(f"{url}/metrics", timeout=DEADLINE_S).text
    with pytest.raises(ValueError):
        list(text_string_to_metric_families(text))
