"""E2, F4, B5: the canary's payments, end to end, and what they come to at the processor."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, NamedTuple

from ramp.allowed import Ratio, allowed
from ramp.evidence import interval, share_grade
from ramp.finding import Finding, Told
from ramp.gates.anew import CountedAnew, idle
from ramp.gates.at_processor import at_processor, spent, wrong_there
from ramp.gates.declines import AgainstControl, Declines
from ramp.gates.fraud_rules import FraudRulesUnchanged
from ramp.gates.judging import Light, Looks, TooFew, exact, found, must, seen_or_why
from ramp.gates.since_t10 import SinceT10
from ramp.gates.weighing import is_likely_worse, weighed
from ramp.money_rows import CapsRow
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.power import failing_payments
from ramp.signals import LOAD_PAYMENTS, PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit, show
from ramp.verdict import Colour, Trigger, Words

_Rules = tuple[str, ...] | NoEvidence


class PaymentsRow(Waivable):
    success_ratio_min: Annotated[Ratio, allowed("with less every tenth payment would fail", least=0.9)]
    declines_fail: bool


class _Untried(TooFew):
    """Nobody paid yet, which is seen."""


class _Facts(NamedTuple):
    """Payments since T-10, and how many of the `tried` that were not declined `failed`; since when none was tried where
    the stage saw none, what one look saw at the processor (None where the recording never tells of it), what is `wrong`
    there, what became of load's own checkouts, and what was declined or flagged."""

    attempted: int
    tried: int
    failed: int
    idle_since: datetime | None
    seen: Mapping[str, int] | None
    wrong: tuple[str, ...]
    success_min: float
    confidence_ratio: float
    caps: CapsRow
    of_load: Mapping[str, float] | None
    declines: Declines

    @property
    def breaks(self) -> bool:
        return self.breaks_of(self.tried)

    def breaks_of(self, tried: float) -> bool:
        """Whether what failed is too much of `tried`."""
        may_fail = _may_fail(self.success_min)
        return self.failed * may_fail.denominator > may_fail.numerator * round(tried)

    def words(self) -> Words:
        idle = [f"no payment tried since {self.idle_since:%H:%MZ}"] if self.idle_since else []
        low, high = interval(self.failed, self.tried, self.confidence_ratio)
        why = "; ".join([self._why(), *self.wrong] if self.breaks else [*self.wrong, *idle, self._why()])
        return Words(
            why=why + self.declines.words(),
            unit=Unit.RATIO,
            value=1 - self.failed / self.tried,
            limit=self.success_min,
            n=self.tried,
            interval=(1 - high, 1 - low),
            grade=share_grade(self.failed, self.tried, 1 - self.success_min, self.confidence_ratio),
            log_e=self.declines.log_worse,
            notes=(*self.declines.lines(self.attempted), *self._of_load(), spent(self.caps, self.seen)),
        )

    def _why(self) -> str:
        sign = "<" if self.breaks else ">="
        value = 1 - self.failed / self.tried
        why = f"success {show(value, Unit.RATIO)} {sign} {show(self.success_min, Unit.RATIO)}"
        why += f": {self.failed} of {self.tried} failed since T-10{self._declined()}"
        sees = 1 - failing_payments(self.tried, self.success_min)
        return why if self.breaks else f"{why} (sees <= {sees:.1%})"

    def _declined(self) -> str:
        """` and 3 of 44 were declined`, where those are none of the failed ones."""
        declined = self.attempted - self.tried
        if declined:
            return f" and {declined} of {self.attempted} were declined"
        counted = self.failed and (self.declines.declined is None or self.declines.declined)
        return ", those included that were declined" if counted else ""

    def _of_load(self) -> tuple[str, ...]:
        if not self.of_load:
            return ()
        ended = (f"{count:.0f} {outcome}" for outcome, count in self.of_load.items() if outcome != "unpaid")
        return (f"of these, checkouts of the suite's own load: {', '.join(ended)}",)


class PaymentsGate:
    """Success since T-10, at least 99.5 %. No least number is asked: one failure in a hundred is literally a breach,
    and a breach rolls back (F4). The interval stands beside it. A stage in which nobody tried to pay is not GREEN.

    What the issuer or a rule declined has not failed, unless the plan's `declines_fail` says so, or no source tells it
    from what failed: it is left out, and RED without a trigger where more of it than of control's is proven.

    Every payment at the processor, whoever made it, must be under the caps and in the ledger as it is there (B5): RED
    where it is not, and where the fraud rules are not those of T-10 (G2). A recording that has never told of the
    processor is judged by success alone, and says so.
    """

    def __init__(self, plan: Plan) -> None:
        self._row = plan.gate(PaymentsRow)
        self._looks = Looks()
        self._anew = CountedAnew(PAYMENTS_ATTEMPTED)
        self._since = SinceT10()
        self._declines = AgainstControl(plan)
        self._rules = FraudRulesUnchanged()

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        self._since.look(view)
        declines = seen_or_why(self._declines.look, view, self._since)
        rules = seen_or_why(self._rules.look, view)
        facts = seen_or_why(self._facts, view, declines, rules)
        if isinstance(facts, NoEvidence):
            return self._blind(view, facts, rules)
        log_worse = facts.declines.log_worse
        light = weighed(view, Light(Colour.RED if facts.wrong else Colour.GREEN), log_worse)
        if facts.breaks:
            light = Light(Colour.RED, Trigger.F4)
        judged = light
        if light.colour is Colour.GREEN and facts.declines.uncompared and view.plan.evidence.comparison == "control":
            light = Light(Colour.YELLOW)
        light = idle(view, light, facts.idle_since)
        self._looks.add(view, None if light.colour is Colour.NO_DATA else False)
        return found(
            view,
            "payments",
            light,
            facts,
            tag_ceo=light.colour is Colour.RED,
            open_breach=is_likely_worse(view, log_worse),
            thin=light != judged,
            blind_min=self._looks.blind_min,
        )

    def _blind(self, view: StageView, missing: NoEvidence, rules: _Rules) -> Finding:
        """NO DATA, where nothing was tried as `idle` has it. What is wrong at the processor is seen all the same."""
        seen = seen_or_why(at_processor, view)
        untried = isinstance(missing, _Untried) and not any(isinstance(each, NoEvidence) for each in (seen, rules))
        light = idle(view, Light(Colour.GREEN), view.as_of) if untried else Light(Colour.NO_DATA)
        self._looks.add(view, False if light.colour is Colour.YELLOW else None)
        wrong = (*_relaxed(rules), *wrong_there(view.plan.caps, seen if isinstance(seen, dict) else None))
        light = Light(Colour.RED) if wrong else light
        told = Told(Words(why="; ".join([*wrong, missing.reason])))
        thin, blind_min = untried and not wrong, self._looks.blind_min
        return found(view, "payments", light, told, tag_ceo=bool(wrong), thin=thin, blind_min=blind_min)

    def _facts(self, view: StageView, seen_declines: Declines | NoEvidence, rules: _Rules) -> _Facts:
        """Raises NoEvidence."""
        names, recording = (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED), view.recording
        attempted, succeeded = (round(self._since.total(view, name)) for name in names)
        if attempted == succeeded == 0:
            raise _Untried("no payment was tried since T-10, so nothing is proven of the path to the money")
        if attempted < succeeded:
            raise NoEvidence(f"{succeeded} of {attempted} payments succeeded, which cannot be")
        declines = self._known(view, seen_declines)
        declined = 0 if self._row.declines_fail else (declines.declined or 0)
        _must_fit(attempted, succeeded, declined)
        seen = at_processor(view)
        facts = _Facts(
            attempted=attempted,
            tried=attempted - declined,
            failed=attempted - declined - succeeded,
            idle_since=self._anew.idle_since(view, attempted),
            seen=seen,
            wrong=(*_relaxed(rules), *wrong_there(view.plan.caps, seen)),
            success_min=self._row.success_ratio_min,
            confidence_ratio=view.plan.reading.confidence_ratio,
            caps=view.plan.caps,
            of_load=_of_load(view),
            declines=declines,
        )
        if self._since.unsure and not facts.breaks and facts.breaks_of(facts.tried - self._since.unsure):
            raise NoEvidence(
                f"{facts.failed} of {facts.tried} payments failed, of which {self._since.unsure:.0f} may be control's, "
                "for nobody looked between the placebo hour and T-0"
            )
        if not facts.breaks and not facts.wrong:
            recording.total("canary", PAYMENTS_ATTEMPTED, view.as_of)  # raises where some may be missing
            must(seen_declines)
            must(rules)
        return facts

    def _known(self, view: StageView, seen: Declines | NoEvidence) -> Declines:
        """What was seen to be declined, or else what is known of it. Raises NoEvidence where nothing is."""
        if not isinstance(seen, NoEvidence):
            return seen
        return Declines.unseen() if self._row.declines_fail else self._declines.of_canary(view, self._since, seen)


@lru_cache
def _may_fail(success_min: float) -> Fraction:
    return 1 - exact(success_min)


def _must_fit(attempted: int, succeeded: int, declined: int) -> None:
    """Raises NoEvidence where payments that were declined cannot be, or leave nothing to judge."""
    if declined > attempted - succeeded:
        raise NoEvidence(
            f"{declined} of {attempted} payments were declined and {succeeded} succeeded, which cannot be: "
            f"count each in payments_declined once, and no flag of a payment that went through"
        )
    if declined == attempted:
        raise NoEvidence(f"all of {attempted} payments were declined, so nothing is proven of the path to the money")


def _of_load(view: StageView) -> Mapping[str, float] | None:
    seen = seen_or_why(view.recording.total_by, "canary", LOAD_PAYMENTS, view.as_of)
    return None if isinstance(seen, NoEvidence) else seen


def _relaxed(rules: _Rules) -> tuple[str, ...]:
    return () if isinstance(rules, NoEvidence) else rules
