"""The gates, at every stage: what must hold while the canary serves users."""

import pytest

from ramp.finding import explain
from ramp.verdict import Colour


@pytest.mark.check("latency")
def test_latency(findings, settle):
    """The canary's P95 stays at or under 120 ms."""
    settle(explain(findings["latency"]))


@pytest.mark.check("errors")
def test_errors(findings, settle):
    """At most 1 % of the canary's answers are server errors."""
    settle(explain(findings["errors"]))


@pytest.mark.check("payments")
def test_payments(findings, under_caps, settle):
    """At least 99.5 % of the canary's payments succeed from end to end; all are under the caps and in the ledger."""
    verdict = explain(findings["payments"])

    settle(verdict if verdict.colour is Colour.RED else under_caps("payments", lambda: verdict))


@pytest.mark.check("cache")
def test_cache(findings, settle):
    """The canary's cache hit ratio stays at or above 85 %."""
    settle(explain(findings["cache"]))


@pytest.mark.check("database")
def test_database(findings, settle):
    """CPU, IO, utilisation and connections of the database stay at or below 80 %."""
    settle(explain(findings["database"]))


@pytest.mark.check("cost")
def test_cost(findings, settle):
    """A canary user costs at most 5 % more than a control user."""
    settle(explain(findings["cost"]))


@pytest.mark.check("markup")
def test_markup(findings, settle):
    """AI revenue stays at least four times AI cost, and the margin within 3 % of control's."""
    settle(explain(findings["markup"]))


@pytest.mark.check("synthetics")
def test_synthetics(findings, settle):
    """Synthetic journeys are answered by the release itself, in the documented shape."""
    settle(explain(findings["synthetics"]))


@pytest.mark.check("slices")
def test_slices(findings, settle):
    """What is judged as the canary is the canary's own page, and control's is control's."""
    settle(explain(findings["slices"]))


@pytest.mark.check("share")
def test_share(findings, settle):
    """The canary gets the share of the traffic that the plan gives it."""
    settle(explain(findings["share"]))


@pytest.mark.check("privacy")
def test_privacy(findings, settle):
    """Nothing that the canary writes contains personal data."""
    settle(explain(findings["privacy"]))


@pytest.mark.check("load")
def test_load(findings, settle):
    """What load the suite brought came on time, was answered, and by the slice that it was addressed to."""
    settle(explain(findings["load"]))
