"""D2: a restore that really ran."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ramp.plan import Plan
from ramp.units import Unit, show_seconds
from ramp.verdict import Colour, Verdict


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore brought back, `proven` where what we wrote to the source was read back from the restored server:
    without, it is what a command said.

    `pointer` is what #ship-room is given to restore to; `rows_before` were written before it (found of expected),
    `rows_after` after it and must be absent. `rpo_s` is the age of the newest write that the archive can give back,
    `rto_s` the time from the order to a database that answers and takes writes. `verified` says that the base
    backup's manifest was checked.
    """

    pointer: str
    taken_at_utc: datetime
    rows_before_expected: int
    rows_before: int
    rows_after: int
    rpo_s: float
    rto_s: float
    verified: bool
    proven: bool


POINTER = "snapshot pointer: "


def pointers_of(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The pointers that earlier verdicts told."""
    notes = (note for verdict in verdicts for note in verdict.notes)
    return frozenset(note.removeprefix(POINTER) for note in notes if note.startswith(POINTER))


def judge_restore(plan: Plan, moment: str, restored: Restored, earlier: Collection[str] = ()) -> Verdict:
    """GREEN when everything before the pointer is there, nothing after it, within RPO and RTO, and proven; YELLOW where
    that is only claimed. A pointer that an `earlier` run posted is none of this one."""
    row = plan.probes.restore
    wrong = [
        why
        for broken, why in (
            (not restored.pointer, "it has no snapshot pointer that could be posted"),
            (restored.pointer in earlier, f"its pointer is that of an earlier run ({restored.pointer})"),
            (restored.rows_before_expected < 1, "no row was written before the pointer, so nothing is proven"),
            (
                restored.rows_before != restored.rows_before_expected,
                f"{restored.rows_before} of {restored.rows_before_expected} rows from before the pointer are there",
            ),
            (restored.rows_after != 0, f"{restored.rows_after} rows from after the pointer are there"),
            (not restored.verified, "the base backup was not verified against its manifest"),
            (not 0 <= restored.rpo_s <= row.rpo_s_max, _outside("RPO", restored.rpo_s, row.rpo_s_max)),
            (not 0 <= restored.rto_s <= row.rto_s_max, _outside("RTO", restored.rto_s, row.rto_s_max)),
        )
        if broken
    ]
    colour = Colour.RED if wrong else Colour.GREEN if restored.proven else Colour.YELLOW
    took = f"restored in {show_seconds(restored.rto_s)} (RTO), at most {show_seconds(restored.rpo_s)} lost (RPO)"
    return Verdict(
        check="restore",
        moment=moment,
        colour=colour,
        why="; ".join(wrong) or (took if restored.proven else f"claimed: {took}; {_UNPROVEN}"),
        unit=Unit.SECONDS,
        value=restored.rto_s,
        limit=row.rto_s_max,
        n=restored.rows_before,
        tag_ceo=colour is not Colour.GREEN,
        notes=(
            f"{POINTER}{restored.pointer}",
            f"{took}; {restored.rows_before} of {restored.rows_before_expected} rows before the pointer, "
            f"{restored.rows_after} after it",
        ),
    )


_UNPROVEN = (
    "nobody looked into the restored server: set source_dsn_env, and restored_dsn_env or a printed restored_dsn, "
    "under [real.restore], so that a write of ours is read back"
)


def _outside(name: str, measured_s: float, max_s: float) -> str:
    if measured_s > max_s:
        return f"{name} {show_seconds(measured_s)} > {show_seconds(max_s)}"
    return f"{name} was measured as {measured_s:g} s, which cannot be"
