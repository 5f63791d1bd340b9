"""The customers of a rehearsal who renew: as many on either slice, declined by rule as they would be anywhere."""

import pytest

from fixtures.rehearsal.faults import is_of_share
from fixtures.rehearsal.renewals import REQUESTS_A_RENEWAL, Renewals
from fixtures.rehearsal.telemetry import Telemetry


def renewed(renewals, high_risk_ratio):
    telemetry, customers = Telemetry(True, 0.0), Renewals(high_risk_ratio)
    for _ in range(REQUESTS_A_RENEWAL * renewals):
        customers.after_request(telemetry)
    of = {sample.name: {} for metric in telemetry.registry.collect() for sample in metric.samples}
    for metric in telemetry.registry.collect():
        for sample in metric.samples:
            of[sample.name][sample.labels.get("rule", "")] = sample.value
    return {name: of.get(f"{name}_total", {}) for name in ("payments_attempted", "payments_succeeded")} | {
        name: {rule: n for rule, n in of.get(f"{name}_total", {}).items() if rule}
        for name in ("payments_declined", "fraud_flags")
    }


def test_one_renewal_in_twenty_is_declined_by_the_issuer():
    assert renewed(100, 0.0) == {
        "payments_attempted": {"": 100},
        "payments_succeeded": {"": 95},
        "payments_declined": {"insufficient_funds": 5},
        "fraud_flags": {},
    }


def test_fault_the_fraud_rule_blocks_what_looks_risky():
    """Of 100, 75 are blocked, and what the issuer declines of the others comes on top."""
    seen = renewed(100, 0.75)

    assert seen["payments_declined"]["block_if_high_risk"] == seen["fraud_flags"]["block_if_high_risk"] == 75
    assert sum(seen["payments_declined"].values()) + seen["payments_succeeded"][""] == 100


@pytest.mark.parametrize("ratio", [0.0, 0.05, 0.5, 0.75, 1.0])
def test_a_share_is_spread_evenly(ratio):
    due = [is_of_share(number, ratio) for number in range(1, 101)]

    assert sum(due) == 100 * ratio
    assert all(abs(sum(due[:n]) - n * ratio) < 1 for n in range(1, 101))
