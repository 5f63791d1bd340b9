"""E1 to E6: the figures that the owner asks for, canary beside control; what is not seen says so."""

from datetime import timedelta

from ramp.figures import UNSEEN, Figure, figures
from ramp.recording import Recording
from ramp.stage_view import Ramp, StageView
from tests.releases import ramp

LABELS = {
    "E1": ("P50", "P95", "P99", "errors"),
    "E2": ("payments", "payments of control"),
    "E3": ("cache hit ratio", "origin requests a second", "hit ratio since T-0"),
    "E4": ("database CPU", "database IO", "database utilisation", "database connections"),
    "E5": ("cost per user", "AI cost per request", "markup", "AI cost of /api/tutor", "tokens of /api/tutor"),
    "E6": ("synthetics",),
}


def view_of(plan, observations) -> StageView:
    recording = Recording(observations, timedelta(minutes=plan.reading.fresh_min))
    return Ramp(plan, recording).views_until(observations[-1].at)[-1]


def seen(plan, **of) -> dict[str, Figure]:
    return {figure.label: figure for figure in figures(view_of(plan, ramp(plan, "stage_10", 10, **of)))}


def test_each_line_of_the_owner_has_its_figures(plan):
    found = figures(view_of(plan, ramp(plan, "stage_10", 10)))
    assert {id: tuple(each.label for each in found if each.id == id) for id in LABELS} == LABELS


def test_canary_and_control_stand_beside_each_other(plan):
    found = seen(plan, canary={"errors": 20, "cost_usd": 275.0}, control={"cache_hits": 900})
    assert (found["errors"].canary, found["errors"].control) == ("2.00 %", "0.10 %")
    assert (found["cache hit ratio"].canary, found["cache hit ratio"].control) == ("95.00 %", "90.00 %")
    assert (found["cost per user"].canary, found["cost per user"].control) == ("$1.1000", "$1.0000")
    assert (found["markup"].canary, found["markup"].control) == ("5.00x", "5.00x")


def test_what_a_source_does_not_report_is_not_seen_and_no_zero(plan):
    gone = ramp(plan, "stage_10", 10)
    for one in gone:
        one.counters.pop("cost_usd")
        one.gauges.pop("db_cpu_ratio", None)
    found = {figure.label: figure for figure in figures(view_of(plan, gone))}
    assert (found["cost per user"].canary, found["cost per user"].control) == (UNSEEN, UNSEEN)
    assert "cost_usd" in found["cost per user"].why
    assert found["database"].canary == UNSEEN


def test_control_at_100_percent_is_as_it_was_last_seen(plan):
    at_50 = ramp(plan, "stage_50", 10, control={"errors": 10})
    found = figures(view_of(plan, ramp(plan, "stage_100", 10, after=at_50)))
    assert next(each.control for each in found if each.label == "errors") == "1.00 %"
