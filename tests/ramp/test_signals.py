"""The catalogue of signals: each has a sound value in these tests, and what it says of gates is what gates do."""

from collections import Counter
from dataclasses import replace

import pytest

from ramp import reconciliation
from ramp.brought import Brought
from ramp.gates import GATES, readers
from ramp.observation import SLICES, NoEvidence
from ramp.signals import (
    BY_NAME,
    COUNTED_TOGETHER,
    FRAUD_RULES_AGREED,
    FRAUD_RULES_DIGEST,
    FRAUD_THRESHOLDS_READ,
    SERIES,
    SIGNALS,
    given_by,
    named,
)
from ramp.verdict import Colour

# What a release must report, or the suite at each look; load's own signals are there once it is brought.
DUE = [signal for signal in SIGNALS if readers(signal.name) or signal.metric]
DUE = [signal for signal in DUE if signal.reported_by != "load"]


def without(seen, name):
    """The same observations, none of which has `name`."""

    def lacking(of):
        return {key: value for key, value in of.items() if key != name}

    return [replace(one, counters=lacking(one.counters), gauges=lacking(one.gauges)) for one in seen]


def test_each_quantity_stands_once_and_gates_read_no_other():
    assert max(Counter(signal.name for signal in SIGNALS).values()) == 1
    assert {signal for kind in GATES.values() for signal in kind.reads} <= set(BY_NAME)
    assert all(kind.reads for kind in GATES.values())


@pytest.mark.parametrize("signal", DUE, ids=lambda signal: signal.name)
def test_each_signal_has_a_sound_value_of_its_kind_where_it_is_due(ramp_of, signal):
    """A new row without one would leave every test of a sound release without it."""
    for one in ramp_of("stage_1", 3)[-2:]:
        if one.slice in signal.due_on:
            of = one.gauges if signal.kind == "gauge" else one.counters
            assert signal.name in of, f"give {signal.name} of {one.slice} a sound value in tests/ramp/conftest.py"
            assert isinstance(of[signal.name], dict) == (signal.kind in ("labelled", "histogram"))


@pytest.mark.parametrize("signal", DUE, ids=lambda signal: signal.name)
def test_a_gate_goes_blind_without_the_signals_that_it_reads_and_no_other(ramp_of, verdicts_of, signal):
    """What coverage asks for before T-0 is what the gates will ask for after it; what is only told blinds nobody."""
    seen = ramp_of("stage_10", 15, after=ramp_of("stage_1", 15))
    blinded = verdicts_of(without(seen, signal.name))
    blind = {gate for gate, verdict in blinded.items() if verdict.colour is Colour.NO_DATA}
    assert blind <= set(readers(signal.name))
    if signal.name != "origin_requests":  # asked for before T-0, since the card must tell it, and no gate judges by it
        assert blind == set(readers(signal.name)) & set(blinded)


def test_load_reports_what_the_catalogue_says(plan):
    said = {name for counters in Brought().counters().values() for name in counters}
    assert said == {signal.name for signal in SIGNALS if signal.reported_by == "load"}


def test_every_gauge_of_the_processor_and_the_fraud_rules_stands_in_the_catalogue():
    names = {*reconciliation.TOTALS, *reconciliation.FINDINGS.values()}
    names |= {FRAUD_RULES_DIGEST, FRAUD_THRESHOLDS_READ, FRAUD_RULES_AGREED}
    assert {signal.name for signal in SIGNALS if signal.kind == "gauge" and signal.reported_by == "suite"} == names


def test_what_is_counted_together_is_cumulative_and_in_one_group():
    assert all(BY_NAME[name].kind != "gauge" for names in COUNTED_TOGETHER for name in names)
    assert max(Counter(name for names in COUNTED_TOGETHER for name in names).values()) == 1


@pytest.mark.parametrize("series", SERIES)
def test_what_one_metric_gives_is_due_alike(series):
    """So that the doctor can ask for all of it at once."""
    given = given_by(series)
    assert given and len({(signal.due, signal.reported_by) for signal in given}) == 1
    assert all(signal.reported_by == "release" for signal in given)


def test_what_both_slices_share_is_asked_for_once():
    assert {named(signal).due_on for signal in GATES["database"].reads} == {("canary",)}
    assert {named(signal).due_on for signal in GATES["errors"].reads} == {SLICES}


def test_a_name_that_no_signal_has_names_the_nearest():
    with pytest.raises(NoEvidence, match=r"there is no signal 'reqests'\. Did you mean 'requests'\?"):
        named("reqests")


def test_a_gate_that_reads_a_name_that_no_signal_has_is_told_so(ramp_of, judged_of):
    """Not that no source reports it, which would send people to the exporter."""
    view = judged_of(ramp_of("stage_1", 5), of=()).view
    with pytest.raises(NoEvidence, match="Did you mean 'cache_hits'"):
        view.recording.increase("canary", "cache_hit", view.whole)
