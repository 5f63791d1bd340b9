"""B5: the payment caps: their rules, and that the payer and the release enforce them."""

import pytest

from checks.cap_rules import RULES, proved
from fixtures.payments.ledger import LedgerUnavailable
from ramp import probes
from ramp.observation import NoEvidence


@pytest.mark.check("caps_rules")
def test_the_rules_of_the_caps_hold(plan, moment, under_caps, request, settle):
    """Whatever is asked of the cap ledger, and in whatever order: no cap is exceeded, and no key pays twice."""

    def judged():
        made = request.getfixturevalue("scratch_ledgers")
        try:
            return probes.judge_caps_rules(plan, moment.id, [proved(rule, made) for rule in RULES])
        except LedgerUnavailable as unavailable:
            raise NoEvidence(str(unavailable)) from None

    settle(under_caps("caps_rules", judged))


@pytest.mark.check("caps_refused")
def test_payments_over_a_cap_are_refused_before_anything_leaves(plan, moment, under_caps, request, settle):
    """$20.01, the 101st payment and the cent over $1,500 are refused, and no processor hears of them."""

    def judged():
        return probes.judge_caps_refused(plan, moment.id, request.getfixturevalue("offered_over_the_caps"))

    settle(under_caps("caps_refused", judged))


@pytest.mark.check("caps_target")
def test_the_target_enforces_the_caps_itself(plan, moment, under_caps, request, settle):
    """The release's own payment path is configured with the owner's caps, and refuses a charge over them."""

    def judged():
        said, offered = request.getfixturevalue("caps_of_the_target")
        return probes.judge_caps_target(plan, moment.id, said, offered)

    settle(under_caps("caps_target", judged))
