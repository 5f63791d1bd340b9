"""The judge of a ramp: takes in observation after observation and judges each look as if it were the present.

A check under pytest, a replay and a look at a live stage are this same fold, so that they cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ramp.contradictions import Contradictions, contradicted
from ramp.finding import Finding, FiredEarlier, Told, explain, in_brief, wordless
from ramp.gates import GATES, reads_slices
from ramp.gates.judging import Gate, Light, found
from ramp.gates.load import LoadGate
from ramp.observation import NoEvidence, Observation
from ramp.plan import Moment, Plan
from ramp.recording import Recording
from ramp.stage_clock import StageClock
from ramp.stage_view import Ramp, StageView
from ramp.verdict import Colour, Trigger, Verdict, Words

# What is kept of a stream beyond the longest look back: the placebo hour until it has been weighed.
_KEPT_BEYOND = timedelta(minutes=15)
CRASHED = "the gate crashed with"


@dataclass(frozen=True)
class Looked:
    """One look: what it saw, what each gate found at it, and for how many minutes of the stage some gate was RED."""

    view: StageView
    findings: Mapping[str, Finding]
    red_min: float = 0.0

    @property
    def minute(self) -> float:
        """Minutes since T-0."""
        return (self.view.as_of - self.view.ramp_start) / timedelta(minutes=1)

    @property
    def held_min(self) -> float:
        """For how many minutes the stage was held, by its clock, which stands while a gate is RED."""
        return self.view.held_min - self.red_min

    @property
    def red(self) -> tuple[str, ...]:
        """The gates that are RED."""
        return tuple(name for name, finding in self.findings.items() if finding.colour is Colour.RED)

    @property
    def trigger(self) -> Trigger | None:
        """The rollback trigger that fired, the first by its number where there are several."""
        fired = [finding.trigger for finding in self.findings.values() if finding.trigger]
        return min(fired, default=None)

    @property
    def reason(self) -> str:
        """Which trigger fired, and the sentence of the gate that saw it; empty where none did."""
        fired = [finding for finding in self.findings.values() if self.trigger and finding.trigger is self.trigger]
        return f"{self.trigger} fired: {explain(fired[0]).reason}" if fired else ""

    def verdicts(self, of: Iterable[str] | None = None) -> dict[str, Verdict]:
        """The findings of the gates `of` (by default of all) in words."""
        return {name: explain(self.findings[name]) for name in (self.findings if of is None else of)}

    def in_brief(self) -> dict[str, Verdict]:
        """The same, of all gates, without words where nothing is wrong."""
        return {name: in_brief(finding) for name, finding in self.findings.items()}

    def wordless(self) -> dict[str, Verdict]:
        """The same, without any words."""
        return {name: wordless(finding) for name, finding in self.findings.items()}


class Judge:
    """Judges by the gates named `of`, in memory that does not grow with the ramp.

    A look is judged once everything of its instant was seen: with the first later observation, or at the end. Where
    `load_is_due`, a stage without load of the suite's own is no data.
    """

    def __init__(self, plan: Plan, of: Sequence[str], *, load_is_due: bool = False) -> None:
        self._of = tuple(of)
        self._recording = Recording([], timedelta(minutes=plan.reading.fresh_min))
        self._ramp = Ramp(plan, self._recording)
        looking = {*of, *(needed for name in of for needed in GATES[name].needs)}
        self._gates = {name: kind.make(plan) for name, kind in GATES.items() if name in looking}
        if load_is_due and "load" in looking:
            self._gates["load"] = LoadGate(plan, is_due=True)
        self._contradictions = Contradictions(plan)
        self._fired: dict[str, Finding] = {}
        self._due: StageView | None = None
        self._clock = StageClock()
        self._kept = timedelta(minutes=max(plan.evidence.placebo_min_max, plan.reading.window_min)) + _KEPT_BEYOND

    def add(self, observation: Observation) -> Looked | None:
        """The look that was due before `observation`, if there was one. Raises Malformed when time goes backwards."""
        looked = self.end() if self._due and observation.at > self._due.as_of else None
        self._recording.append(observation)
        view = self._ramp.follow(observation.slice, self._recording.frames(observation.slice)[-1])
        if view:
            self._due = view
        return looked

    def end(self) -> Looked | None:
        """The look that is due, if there is one: nothing later of its instant will come."""
        view, self._due = self._due, None
        if view is None:
            return None
        findings: dict[str, Finding] = {}
        for name, gate in self._gates.items():
            findings[name] = self._remembered(view, _look(name, gate, view, findings))
        if why := self._contradiction(view):
            findings |= {name: contradicted(findings[name], why) for name in findings if reads_slices(name)}
        self._recording.forget(self._kept, view.read_for_ever)
        asked = {name: findings[name] for name in self._of}
        return Looked(view, asked, self._clock.look(view, asked.values()))

    def _contradiction(self, view: StageView) -> str | None:
        """What contradicts that `view` shows a canary and its control. A mistake in finding it is one too."""
        try:
            return self._contradictions.look(view)
        except Exception as error:
            return f"whether the slices contradict each other is not known: {type(error).__name__} at {_place(error)}"

    def _remembered(self, view: StageView, finding: Finding) -> Finding:
        """`finding`, or RED with the trigger that its gate saw fire earlier in this stage: what rolls back at once has
        no second chance, whatever recovered or went missing since."""
        then = self._fired.get(finding.check)
        fired_here = then is not None and then.at > view.entered
        if finding.trigger:
            if not fired_here:
                self._fired[finding.check] = finding
            return finding
        if then is None or not fired_here:
            return finding
        facts, security = FiredEarlier(then, finding), then.page_security or finding.page_security
        return finding._replace(
            colour=Colour.RED, trigger=then.trigger, tag_ceo=True, page_security=security, facts=facts
        )


def _look(name: str, gate: Gate, view: StageView, findings: Mapping[str, Finding]) -> Finding:
    """What `gate` finds. A mistake in one gate is its NO DATA, and must not blind the others."""
    try:
        return gate.look(view, findings)
    except Exception as error:
        why = f"{CRASHED} {type(error).__name__} at {_place(error)}"
        return found(view, name, Light(Colour.NO_DATA), Told(Words(why=why)))


def _place(error: BaseException) -> str:
    """`cost.py, line 120`: where it was raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}, line {trace.tb_lineno}" if trace else "?"


def judged_at(
    plan: Plan,
    observations: Iterable[Observation],
    moment: Moment,
    as_of: datetime,
    of: Sequence[str],
    *,
    load_is_due: bool = False,
) -> Looked:
    """The last look at the stage `moment` as of `as_of`, judged by the gates `of` after every look before it. Raises
    NoEvidence when the canary was not seen in that stage, or not lately, and what `observations` raises unless a
    trigger fired in that stage before."""
    judge, last, seen, untrue = Judge(plan, of, load_is_due=load_is_due), None, False, None
    try:
        for observation in observations:
            if observation.at > as_of:
                break
            seen = seen or (observation.slice == "canary" and observation.stage == moment.id)
            last = _at(moment, judge.add(observation)) or last
    except NoEvidence as missing:
        untrue = missing
    last = _at(moment, judge.end()) or last
    if untrue:
        return _fired_before(last, untrue)
    if last is None:
        if seen:
            raise NoEvidence(f"the canary was seen only once at {moment.id}, so nothing can be said of it")
        raise NoEvidence(f"nothing of the canary was recorded at {moment.id}; was the stage observed?")
    if as_of - last.view.as_of > timedelta(minutes=plan.reading.fresh_min):
        raise NoEvidence(f"the canary was last seen at {last.view.as_of:%H:%M:%SZ}, too old at {as_of:%H:%M:%SZ}")
    return last


def _fired_before(last: Looked | None, missing: NoEvidence) -> Looked:
    """The triggers of the last look that can be trusted; all else is NO DATA. Raises `missing` where none fired."""
    if last is None or last.trigger is None:
        raise missing
    told = Told(Words(why=missing.reason))
    blinded = {name: found(last.view, name, Light(Colour.NO_DATA), told) for name in last.findings}
    return replace(last, findings={name: one if one.trigger else blinded[name] for name, one in last.findings.items()})


def _at(moment: Moment, looked: Looked | None) -> Looked | None:
    return looked if looked and looked.view.moment.id == moment.id else None
