"""T-10 judges what is there already: control, the database and the logs. Nothing is out, so nothing is rolled back."""

from datetime import UTC, datetime, timedelta

import pytest

from ramp.decision import Action, decide
from ramp.observation import Observation, Span
from ramp.probes import judge_control, judge_redaction
from ramp.recording import Recording
from ramp.signals import (
    IP_ADDRESSES_FOUND,
    LOG_LINES_SCANNED,
    PERSONAL_DATA_FINDINGS,
    PERSONAL_DATA_SUSPECTED,
    SECRETS_FOUND,
)
from ramp.verdict import Colour, Trigger, Verdict

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
SPAN = Span(start=T0, end=T0 + timedelta(minutes=1))
LOGS = {LOG_LINES_SCANNED: 10, PERSONAL_DATA_FINDINGS: 0, SECRETS_FOUND: 0}
LOGS |= {PERSONAL_DATA_SUSPECTED: 0, IP_ADDRESSES_FOUND: 0}


def decided(plan, verdict):
    """T-10 with this verdict, and all else GREEN."""
    given = {
        check: Verdict(check=check, moment="t_minus_10", colour=Colour.GREEN, why="fine")
        for check in plan.required("t_minus_10")
    }
    return decide(plan, "t_minus_10", given | {verdict.check: verdict}, None)


def served(**changed):
    """Two looks at T-10 a minute apart: on both slices 1,000 requests, of which 20 were slow, 1 failed and of whose
    lookups 950 were hits; what a slice counts otherwise goes by its name."""
    facts = {"requests": 1000, "slow": 20, "errors": 1, "lookups": 1000, "hits": 950, "full": 0.4} | changed
    gauges = dict.fromkeys(("db_cpu_ratio", "db_io_ratio"), facts["full"])
    gauges |= dict.fromkeys(("db_connections_ratio", "db_utilization_ratio"), 0.1)

    def at(minute, slice):
        n = facts["requests"]
        buckets = {"0.1": n - facts["slow"], "0.12": n - facts["slow"], "+Inf": n}
        added = {"requests": n, "errors": facts["errors"]}
        added |= {"cache_lookups": facts["lookups"], "cache_hits": facts["hits"]}
        added |= LOGS | facts.get(slice, {})
        counters = {name: minute * value for name, value in added.items()}
        counters["latency_s"] = {bound: minute * value for bound, value in buckets.items()}
        of = {"at": T0 + timedelta(minutes=minute), "stage": "t_minus_10", "traffic_pct": 0}
        return Observation(slice=slice, counters=counters, gauges=gauges, **of)

    seen = [at(minute, slice) for minute in (0, 1) for slice in ("canary", "control")]
    return Recording(seen, timedelta(minutes=2))


@pytest.mark.parametrize(
    ("change", "colour", "says"),
    [
        ({}, Colour.GREEN, "control's P95 96.9 ms <= 120 ms (n 1,000); control's error rate 0.10 % <= 1.00 %"),
        ({"slow": 50}, Colour.GREEN, "<= 120 ms"),  # on the limit
        ({"slow": 51}, Colour.RED, "control's P95 "),
        ({"errors": 11}, Colour.RED, "control's error rate 1.10 % > 1.00 %"),
        ({"hits": 849}, Colour.RED, "control's hit ratio 84.90 % < 85.00 %"),
        ({"full": 0.8}, Colour.GREEN, "<= 120 ms"),
        ({"full": 0.81}, Colour.RED, "the database's CPU 81.00 % > 80.00 %; the database's IO 81.00 % > 80.00 %"),
        ({"requests": 10, "slow": 0}, Colour.NO_DATA, "only 10 timed requests of control in the window"),
        ({"requests": 10, "slow": 0, "hits": 849}, Colour.RED, "a healthy canary"),  # whatever is not known beside it
    ],
)
def test_control_over_a_limit_before_t0_is_red(plan, change, colour, says):
    """The ramp would roll back a healthy canary for what control does."""
    verdict = judge_control(plan, "t_minus_10", served(**change), SPAN)

    assert (verdict.colour, verdict.trigger) == (colour, None)
    assert says in verdict.reason
    assert decided(plan, verdict).action is (Action.CONTINUE if colour is Colour.GREEN else Action.HOLD)


@pytest.mark.parametrize(
    ("change", "colour", "security"),
    [
        ({}, Colour.GREEN, False),
        ({"canary": {"personal_data_findings": 199}}, Colour.RED, True),
        ({"canary": {"secrets_found": 1}}, Colour.RED, True),
        ({"control": {"personal_data_findings": 1}}, Colour.RED, True),
        ({"canary": {"personal_data_suspected": 1}}, Colour.YELLOW, False),
        ({"canary": {"log_lines_scanned": 0}}, Colour.NO_DATA, False),
    ],
)
def test_personal_data_before_t0_is_red_and_holds(plan, change, colour, security):
    """199 findings of personal data at T-10 are not for the 1 % stage to roll back: nothing is out yet."""
    verdict = judge_redaction(plan, "t_minus_10", served(**change), SPAN)
    decision = decided(plan, verdict)

    assert (verdict.check, verdict.colour, verdict.trigger) == ("redaction", colour, None)
    assert decision.action is (Action.CONTINUE if colour is Colour.GREEN else Action.HOLD)
    assert ("security_lead" in decision.page) is security


@pytest.mark.parametrize("trigger", list(Trigger))
def test_no_trigger_rolls_back_before_anything_is_out(plan, trigger):
    """Whatever check saw it: before the first stage it is RED and holds, from then on it fires."""
    for moment, action in (("t_minus_10", Action.HOLD), ("stage_1", Action.ROLLBACK)):
        check = plan.required(moment)[0]
        verdict = Verdict(check=check, moment=moment, colour=Colour.RED, why="seen", trigger=trigger)

        assert decide(plan, moment, {check: verdict}, 15).action is action
