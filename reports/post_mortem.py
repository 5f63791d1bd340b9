"""F8: the draft of a post-mortem, by itself after every rollback: what is known is told from the journal and the
recording, what only people know is a blank."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ramp.replay import Outcome
from ramp.roster import Person
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict
from reports.figures import figures
from reports.rollback_timeline import rollback_timeline

FILE = "post-mortem.md"
BARS = "▁▂▃▄▅▆▇█"
NOT_KNOWN = "not known"
Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Met:
    """What the canary did from T-0 on: each number None where it was not seen."""

    users: float | None
    payments: float | None
    payments_failed: float | None


def post_mortem(
    records: Sequence[Record], roster: Sequence[Person], domain_of: Callable[[str], str], met: Met,
    seen: Outcome | None, power: str,
) -> str:  # fmt: skip
    """As Markdown. `records` are the journal's, with a `rolled_back`; `domain_of` gives a check's domain; `seen` is the
    recording judged again, None where it cannot be, and `power` the table of what each stage can see, or why not."""
    run = [each for each in records if each["kind"] == "run"][-1]
    back = [each for each in records if each["kind"] == "rolled_back"][-1]
    cause = _cause(records, back["moment"])
    domain = domain_of(cause.check) if cause else None
    dri = next((row.dri for row in roster if row.domain == domain), None)
    asked = f"{domain} DRI ({dri})" if dri else f"{domain} DRI" if domain else "incident commander"
    return "\n".join(
        [
            f"# Post-mortem of {run['version']}, rolled back at {back['moment']} (draft)",
            "",
            f"Written by itself from the journal and the recording. Who completes it: {asked}.",
            *_section("What happened", [_reason(records, back)]),
            *_section("Timeline, in UTC", list(rollback_timeline(records))),
            *_chart(cause),
            *_section("What people said", list(_said(records))),
            *_section("What the canary had done by then", list(_done(records, met))),
            *_section("What could have seen it earlier", list(_earlier(seen, cause))),
            "",
            "```",
            power,
            "```",
            *_section("Causes", [f"{{{{cause: {asked}}}}}"]),
            *_section("Actions", ["{{action: who, by when}}", "{{action: who, by when}}"]),
            "",
        ]
    )


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {line}" for line in lines or ["none"])]


def _cause(records: Sequence[Record], moment: str) -> Verdict | None:
    """The check whose trigger fired at the moment, or that was RED there; None where a person rolled back."""
    of = [Verdict.from_record(each) for each in records if each["kind"] == "verdict" and each["moment"] == moment]
    fired = [verdict for verdict in of if verdict.trigger]
    red = [verdict for verdict in of if verdict.colour is Colour.RED]
    return next(reversed(fired or red), None)


def _reason(records: Sequence[Record], back: Record) -> str:
    if "by" in back:
        return f"{back['by']} ordered it by `python -m ramp rollback`, of which no conductor heard"
    decided = [each["reason"] for each in records if each["kind"] == "decision" and each["action"] == "ROLLBACK"]
    ordered = [each["order"]["reason"] for each in records if each["kind"] == "ordered" and each["what"] == "RollBack"]
    return str((ordered or decided or [f"{back['moment']} was rolled back"])[-1])


def _chart(cause: Verdict | None) -> list[str]:
    """The gate's trend as bars, canary above control, on one scale; none with fewer than two looks."""
    if cause is None or len(cause.trend) < 2:
        return []
    seen = [value for _, *both in cause.trend for value in both if value is not None]
    if not seen:
        return []
    low, high = min(seen), max(seen)

    def bars(values: Sequence[float | None]) -> str:
        scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
        return "".join(" " if value is None else BARS[round((value - low) * scale)] for value in values)

    ends = [show(value, cause.unit) for value in (low, high)]
    first, last = cause.trend[0][0], cause.trend[-1][0]
    return [
        "", f"## {cause.check}, minute {first:g} to {last:g} of {cause.moment}", "", "```",
        f"canary  {bars([canary for _, canary, _ in cause.trend])}",
        f"control {bars([control for _, _, control in cause.trend])}",
        f"from {ends[0]} to {ends[1]}, limit {figures(cause).limit}", "```",
    ]  # fmt: skip


def _said(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        at, kind = record["at_utc"][11:19], record["kind"]
        if kind == "heard":
            yield f"{at} {record['by']}: {record['word']}, by a command"
        elif kind == "rolled_back" and "by" in record:
            yield f"{at} {record['by']}: ROLLBACK, by a command"
        elif kind == "said_in_thread":
            yield f"{at} {record['user']} ({record['role']}): {record['word']}, in the thread"
        elif kind == "refused":
            yield f"{at} {record['user']}: {record['said']!r}, which does not count: {record['why']}"
        elif kind == "happened" and record["event"]["what"] == "SignedOff":
            yield f"{at} {record['event']['by']} signed off {record['event']['moment']}"


def _done(records: Sequence[Record], met: Met) -> Iterator[str]:
    told = (
        ("users who met it, by its own counter", met.users),
        ("payments that it tried, by its own counter", met.payments),
        ("of them not paid, declined ones among them", met.payments_failed),
    )
    yield from (f"{what}: {NOT_KNOWN if n is None else f'{n:,.0f}'}" for what, n in told)
    ended = [each for each in records if each["kind"] == "payments_ended"][-1:]
    for record in ended:
        for after in sorted({each["after"] for each in record["ended"]}):
            of = [each for each in record["ended"] if each["after"] == after]
            left = "; `python -m ramp recover` goes on with them" if any(each["why"] for each in of) else ""
            cents = show(sum(each["amount_cents"] for each in of), Unit.CENTS)
            yield f"payments that were open and are {after} now: {len(of)}, {cents}{left}"
        if not record["ended"]:
            yield "open payments: none"
    if not ended:
        yield f"open payments: {NOT_KNOWN}; `python -m ramp recover` asks the processor for them"


def _earlier(seen: Outcome | None, cause: Verdict | None) -> Iterator[str]:
    if seen is None or (seen.problem and seen.minute is None):
        yield f"the recording cannot be judged again{f': {seen.problem}' if seen else ''}"
        return
    if seen.problem:
        yield f"the recording can be judged up to a line only: {seen.problem}"
    at = f"minute {seen.minute:.1f} after T-0 ({seen.stage})" if seen.minute is not None else "no look"
    yield f"judged again, look by look, it comes to {seen.decision} at {at}: {seen.reason}"
    for name, first in seen.gates.items():
        if first.yellow_minute is not None or first.red_minute is not None:
            yellow, red = (
                f"minute {m:.1f}" if m is not None else "never" for m in (first.yellow_minute, first.red_minute)
            )
            mark = " (the cause)" if cause and name == cause.check else ""
            why = f": {'; then '.join(first.because)}" if first.because else ""
            yield f"{name}{mark}: first YELLOW {yellow}, first RED {red}{why}"
    yield "a smaller regression than its stage can see shows at a later stage only: what each sees with 80 % power"
