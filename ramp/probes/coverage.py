"""Gate coverage: what every gate will read exists, is fresh and has the right unit on both slices, before T-0."""

from ramp.gates import GATES
from ramp.gates.fraud_rules import unwatched
from ramp.gates.latency import LatencyRow, must_settle
from ramp.gates.slices import SlicesRow, unproven
from ramp.observation import NoEvidence, Slice, Span
from ramp.outlook import uncompared, wanting
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.signals import Signal, named
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data
from ramp.whose_page import moved_before_t0, proof


def judge_coverage(plan: Plan, moment: str, recording: Recording, span: Span) -> Verdict:
    """GREEN when no gate of the plan is blind over `span`; else NO DATA naming each that is, and why. YELLOW where no
    placebo hour says how much equal slices differ, or one that is too noisy, so that something would not be compared,
    where nothing proves whose pages they are, or a fraud rule that is relaxed would not be seen; NO DATA where they are
    another slice's. Which grades this traffic cannot reach is said. What the suite's own load reports begins with its
    first request, so the gate that reads it is left out."""
    reads = {gate: [named(signal) for signal in GATES[gate].reads] for gate in plan.gates_that_apply}
    gates = [gate for gate, signals in reads.items() if not any(signal.reported_by == "load" for signal in signals)]
    blind = {}
    for gate in gates:
        try:
            for signal in (_read(recording, signal) for signal in reads[gate]):
                for slice in signal.due_on:
                    _must_see(plan, recording, span, signal, slice)
        except NoEvidence as missing:
            blind[gate] = missing.reason
    told = proof(moved_before_t0(plan, recording), recording, 0)
    if told.wrong:
        blind["slices"] = told.wrong
    said, total = tuple(f"{gate} is blind: {why}" for gate, why in blind.items()), len(gates)
    if blind:
        why = f"{len(blind)} of {total} gates are blind: {'; '.join(said)}"
        return no_data("coverage", moment, why, notes=said)
    not_compared, lacking = uncompared(plan, recording, span), wanting(plan, recording, span)
    holds = not_compared and plan.evidence.comparison == "control"
    rules = unwatched(recording, span.end) if "payments" in gates else ""
    whose = "; ".join(filter(None, (told.by or unproven(plan), rules)))
    asks_proof = plan.gate(SlicesRow).proof == "required" and "slices" in gates
    holds = bool(holds or rules) or (asks_proof and not told.by)
    return Verdict(
        check="coverage",
        moment=moment,
        colour=Colour.YELLOW if holds else Colour.GREEN,
        why=f"all {total} gates see fresh data in the right unit{not_compared}{lacking}; {whose}",
        unit=Unit.COUNT,
        value=total,
        limit=total,
        n=total,
    )


def _read(recording: Recording, signal: Signal) -> Signal:
    """`signal`, or what is read instead where no source has it."""
    is_there = any(signal.name in recording.names(slice) for slice in signal.due_on)
    return signal if is_there or not signal.instead else named(signal.instead)


def _must_see(plan: Plan, recording: Recording, span: Span, signal: Signal, slice: Slice) -> None:
    """Raises NoEvidence."""
    match signal.kind:
        case "histogram":
            must_settle(plan.gate(LatencyRow), recording.increase_by(slice, signal.name, span), slice)
        case "labelled":
            recording.increase_by(slice, signal.name, span)
        case "counter":
            recording.increase(slice, signal.name, span)
        case "gauge":
            recording.mean_gauge(slice, signal.name, span)
