"""E2: payments declined or flagged, by rule, against control's: no failed ones, for the path did its work."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ramp.evidence import Minute, ShareEvidence
from ramp.evidence.process import log_mean
from ramp.gates.judging import seen_or_why
from ramp.gates.learning import learning
from ramp.gates.since_t10 import SinceT10
from ramp.gates.weighing import Weighing, is_likely_worse, show_e
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.signals import FRAUD_FLAGS, PAYMENTS_ATTEMPTED, PAYMENTS_DECLINED
from ramp.stage_view import StageView
from ramp.units import Unit, show

_RULES_SHOWN, _NOTHING = 8, (0.0, 0.0)
KINDS: Mapping[str, str] = {PAYMENTS_DECLINED: "declines", FRAUD_FLAGS: "fraud flags"}


class ByRule(NamedTuple):
    """Payments of one kind by rule id, since T-10; control's since its source began, of `control_n` that it tried."""

    canary: Mapping[str, float]
    control: Mapping[str, float] | NoEvidence
    control_n: float

    @property
    def payments(self) -> int:
        return round(sum(self.canary.values()))

    def rows(self, of: int) -> str:
        """`rule R-17 2 of 41 (4.88 %; control 3 of 60, 5.00 %)`, by rule id."""
        rules = {rule: n for rule, n in self.canary.items() if n}
        if not isinstance(self.control, NoEvidence):
            rules |= {rule: self.canary.get(rule, 0.0) for rule, n in self.control.items() if n}
        most = sorted(rules.items(), key=lambda row: -row[1])
        rows = [f"rule {rule} {self._row(rule, n, of)}" for rule, n in most[:_RULES_SHOWN]]
        if more := most[_RULES_SHOWN:]:
            rows.append(f"{len(more)} more rules {sum(n for _, n in more):.0f} of {of}")
        return ", ".join(rows) or "none"

    def _row(self, rule: str, n: float, of: int) -> str:
        return f"{n:.0f} of {of} ({show(n / of, Unit.RATIO)}; {self._beside(rule)})"

    def _beside(self, rule: str) -> str:
        if isinstance(self.control, NoEvidence) or not self.control_n:
            return "control NO DATA"
        n, all_of = self.control.get(rule, 0.0), self.control_n
        return f"control {n:.0f} of {all_of:.0f}, {show(n / all_of, Unit.RATIO)}"


class Declines(NamedTuple):
    """What one look saw: by kind, None of one that no source reports; log E against "no more of the canary's than of
    control's"; and why that is not compared, where there is anything to compare."""

    by_kind: Mapping[str, ByRule | None]
    log_worse: float | None
    worse: str
    uncompared: str

    @property
    def declined(self) -> int | None:
        """How many payments were declined; None where no source tells them from failed ones."""
        by_rule = self.by_kind[PAYMENTS_DECLINED]
        return by_rule.payments if by_rule else None

    def lines(self, attempted: int) -> tuple[str, ...]:
        """`declines: rule R-17 2 of 41 (4.88 %; control …)`. "none" is said only of a counter that is there."""
        unsaid = {PAYMENTS_DECLINED: "not reported by the source, so that each counts as a failure"}
        return tuple(
            f"{KINDS[kind]}: " + (by.rows(attempted) if by else unsaid.get(kind, "not reported by the source"))
            for kind, by in self.by_kind.items()
        )

    @classmethod
    def unseen(cls) -> "Declines":
        return cls(dict.fromkeys(KINDS), None, "", "")

    def words(self) -> str:
        """What decided something beside the rate of success."""
        return self.worse + self.uncompared


class AgainstControl:
    """Weighs minute by minute whether more of the canary's payments are declined, or flagged, than of control's. Both
    together are one test of the ramp: E is the mean of the two. A counter may first be there with its first decline:
    the canary's is weighed from then on."""

    def __init__(self, plan: Plan) -> None:
        self._margin = 1 + plan.evidence.declines_margin_ratio
        self._n = dict.fromkeys(KINDS, 0.0)  # control's payments that canary's were compared with
        self._weighings = {kind: Weighing(partial(_begun, kind), partial(self._add, kind)) for kind in KINDS}
        self._met: set[str] = set()

    def look(self, view: StageView, since: SinceT10) -> Declines:
        """Raises NoEvidence where a source tells of declines, or control's did, and this look cannot see them: nothing
        may get better by that."""
        names = view.recording.names("canary")
        for kind in names.union(view.recording.names("control")).intersection(KINDS):
            self._weighings[kind].look(view)
        for kind in names.intersection(KINDS) - self._met:
            self._weighings[kind].leave_out_until(view.as_of)
            self._met.add(kind)
        by_kind = {kind: self._by_rule(view, kind, since) if kind in names else None for kind in KINDS}
        log_es = {kind: weighing.log_worse for kind, weighing in self._weighings.items()}
        known = [log_e or 0.0 for log_e in log_es.values()]
        log_worse = None if set(log_es.values()) == {None} else log_mean(known)
        some = [kind for kind, by in by_kind.items() if by and by.payments]
        why = list(dict.fromkeys(filter(None, (self._uncompared(view, kind) for kind in some))))
        return Declines(by_kind, log_worse, _worse(view, log_es, log_worse), "".join(why[:1]))

    def of_canary(self, view: StageView, since: SinceT10, missing: NoEvidence) -> Declines:
        """What is known to have been declined of the canary's, where something else is `missing`: what failed beside
        that has failed all the same. Raises NoEvidence."""
        if PAYMENTS_DECLINED not in view.recording.names("canary"):
            return Declines.unseen()
        of_canary = ByRule(since.known_total_by(view, PAYMENTS_DECLINED), missing, 0.0)
        return Declines({PAYMENTS_DECLINED: of_canary}, None, "", "")

    def _by_rule(self, view: StageView, kind: str, since: SinceT10) -> ByRule:
        recording, at = view.recording, view.as_of
        canary = since.total_by(view, kind)
        try:
            control = recording.total_by("control", kind, at)
            return ByRule(canary, control, recording.known_total("control", PAYMENTS_ATTEMPTED, at))
        except NoEvidence as missing:
            return ByRule(canary, missing, 0.0)

    def _add(self, kind: str, evidence: ShareEvidence, view: StageView, span: Span) -> None:
        minute = _minute(kind, view, span)
        evidence.add(minute, view.moment.id, 1.0 if view.is_first_stage else self._margin, view.nats_max)
        self._n[kind] += minute.control_n if minute.n else 0.0

    def _uncompared(self, view: StageView, kind: str) -> str:
        """Why those of the canary are not compared with control's; raises NoEvidence where control told of them."""
        if view.plan.evidence.comparison == "limits_only":
            return f"; {KINDS[kind]} are compared with nothing, as the plan has it"
        weighing, names = self._weighings[kind], view.recording.names("control")
        said = f"; {KINDS[kind]} are not compared with control's: "
        if kind in names and PAYMENTS_ATTEMPTED in names and view.moment.traffic_pct != 100:
            _counted(kind, view, "control", view.now)
        if weighing.evidence is None:
            return said + weighing.why_off
        return "" if self._n[kind] else f"{said}nobody paid on both sides since T-0"


def _worse(view: StageView, log_es: Mapping[str, float | None], log_worse: float | None) -> str:
    """`, more declines than control's by E 3.1e4`."""
    if log_worse is None or not is_likely_worse(view, log_worse):
        return ""
    most = max(log_e or 0.0 for log_e in log_es.values())
    kinds = [KINDS[kind] for kind, log_e in log_es.items() if log_e == most or is_likely_worse(view, log_e)]
    return f", more {' and '.join(kinds)} than control's by E {show_e(log_worse)}"


def _begun(kind: str, view: StageView) -> ShareEvidence:
    """What the placebo hour shows of control's, and of the canary's in the minutes that tell of them. Raises
    NoEvidence."""
    placebo = [_in_placebo(kind, view, span) for span in view.placebo]
    n, least = sum(minute.control_n for minute in placebo), view.plan.reading.samples_min
    if n < least:
        raise NoEvidence(f"{n:.0f} payments of control were tried in the placebo hour, at least {least} are needed")
    return ShareEvidence(placebo, limit_ratio=None, learning=learning(view.plan))


def _in_placebo(kind: str, view: StageView, span: Span) -> Minute:
    canary = seen_or_why(_counted, kind, view, "canary", span)
    return Minute(*(_NOTHING if isinstance(canary, NoEvidence) else canary), *_counted(kind, view, "control", span))


def _minute(kind: str, view: StageView, span: Span) -> Minute:
    return Minute(*_counted(kind, view, "canary", span), *_counted(kind, view, "control", span))


def _counted(kind: str, view: StageView, slice: Slice, span: Span) -> tuple[float, float]:
    """Payments of that kind and all that were tried over `span`. Raises NoEvidence."""
    bad = sum(view.recording.increase_by(slice, kind, span).values())
    n = view.recording.increase(slice, PAYMENTS_ATTEMPTED, span)
    if bad > n:
        raise NoEvidence(f"{slice} counted {bad:.0f} {KINDS[kind]} in {n:.0f} payments, which cannot be", kind)
    return bad, n
