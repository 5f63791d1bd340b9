"""The kinds of a journal's records, and the fields of each with their types: what is written, and all that is read.

Beside these, each has its `kind` and `at_utc`, in plan time. Money is in cents, ratios are 0..1, units stand last.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Literal, get_type_hints

from pydantic import create_model

from ramp.facts import found_in
from ramp.happened import EVENTS
from ramp.ordered import COMMANDS
from ramp.record_rows import EndedPayment, FigureSeen, Kind, MeasuredZero, Number, Pairs, SignOffGiven
from ramp.records_afterwards import AFTERWARDS
from ramp.validation import Invalid, Row, typed

Texts = tuple[str, ...]
LentBy = Literal["drill", "placebo"]
TrendPoint = tuple[float, Number, Number]


_CAME: Mapping[str, Any] = {"why": str, "ts": str, "summary": str}
_MOMENT: Mapping[str, Any] = {"moment": str}
_THREAD: Mapping[str, Any] = {"thread": str, "ts": str, "user": str}

KINDS: Mapping[str, Kind] = {
    "run": Kind(
        says="A process began to conduct the run: what it is about, the digests of plan and suite by which it decides.",
        fields={
            "version": str, "commit": str, "scope": str, "target": str, "scenario": str, "speed": float, "run_id": str,
            "moments": Texts, "go_at_utc": str | None, "assumptions": Texts, "other_plan": str | None,
            "same_commit": Texts, "roles": dict[str, str], "rollback_command": str | None, "runbook_url": str | None,
            "plan": str, "suite": str,
        },
        sometimes={"dashboards": dict[str, str], "time_zone": str},
    ),
    "plan": Kind(
        says="A plan by which decisions after it are made, once in a journal: what it says, and the digest of that.",
        fields={"digest": str, "says": dict[str, Any]},
    ),
    "verdict": Kind(
        says="What a check said at a moment, as it was decided by.",
        fields={
            **_MOMENT, "check": str, "colour": Literal["GREEN", "YELLOW", "NO DATA", "RED"], "why": str,
            "unit": Literal["s", "ratio", "x", "usd", "cents", "count", ""], "value": Number, "control": Number,
            "limit": Number, "n": int | None, "window_s": Number, "interval": tuple[float, float] | None,
            "grade": Literal["A", "B", "C"] | None, "log_e": Number,
            "trigger": Literal["F1", "F2", "F3", "F4", "F5", "F6"] | None, "tag_ceo": bool, "page_ceo": bool,
            "page_security": bool, "open_breach": bool, "thin": bool, "blind_min": float, "red_min": float,
            "notes": Texts, "trend": tuple[TrendPoint, ...],
        },
    ),
    "decision": Kind(
        says="What was decided of the verdicts before it, whom to tag and page, and what it rests on beside them.",
        fields={
            **_MOMENT, "action": Literal["CONTINUE", "HOLD", "ROLLBACK"], "reason": str, "next_step": str,
            "because": Texts, "tag": Texts, "page": Texts, "before": Texts, "not_applied": Texts,
            "held_min": Number, "interrupted": bool,
            "lacks": Pairs, "is_rehearsed": bool, "raises": bool, "after": str | None,
            "signed_off": SignOffGiven | None, "held_by": str | None,
        },
    ),
    "fact": Kind(
        says="What a check found, in numbers: `found` is one of `ramp/facts.py`, by the check.",
        fields={**_MOMENT, "check": str, "found": dict[str, Any]},
    ),
    "source": Kind(says="What a source could not give at the last look.", fields={**_MOMENT, "problem": str}),
    "found": Kind(
        says="What was found where until the moment's end, masked.", fields={**_MOMENT, "check": str, "said": str}
    ),
    "page": Kind(
        says="A call of the pager for an incident, or the end of one, and whether it was accepted.",
        fields={**_MOMENT, "event": Literal["trigger", "resolve"], "roles": Texts, "dedup_key": str, "posted": bool},
        sometimes=_CAME,
    ),
    "card": Kind(
        says="The card of a decision, the colours that it shows by check, and whether #ship-room accepted it.",
        fields={**_MOMENT, "text": str, "channel": str, "posted": bool},
        sometimes={**_CAME, "shows": dict[str, str]},
    ),
    "figures": Kind(
        says="The figures of a stage's last look, as its report has them (E1 to E6); none where nothing was looked at.",
        fields={**_MOMENT, "figures": tuple[FigureSeen, ...]},
    ),
    "payments_card": Kind(
        says="A card of what became of payments, and whether #ship-room accepted it.",
        fields={**_MOMENT, "text": str, "channel": str, "posted": bool},
        sometimes=_CAME,
    ),
    "payments_stopped": Kind(says="Why nothing more is paid in this run.", fields={**_MOMENT, "why": str}),
    "payments_ended": Kind(
        says="What became of open payments and of the probes' on a rollback; why the rest is not known.",
        fields={
            **_MOMENT, "ended": tuple[EndedPayment, ...], "refunded": dict[str, str | None], "why": str | None,
        },
    ),
    "payment_settled": Kind(
        says="A payment that somebody settled by hand.",
        fields={"key": str, "before": str | None, "after": str, "by": str, "because": str},
    ),
    "caps_in_force": Kind(
        says="Caps of payments that a moment confirmed.",
        fields={**_MOMENT, "count_max": int, "amount_cents_max": int, "total_cents_max": int},
    ),
    "caps_lifted": Kind(says="The caps were lifted.", fields={}),
    **AFTERWARDS,
    "evidence_anew": Kind(
        says="The incident commander has a mended stage begin its evidence anew.",
        fields={**_MOMENT, "by": str, "because": str, "times": int},
    ),
    "torn": Kind(
        says="A process was gone while it wrote a record: the half of it that was taken out here.",
        fields={"bytes": int, "said": str},
    ),
    "pinned": Kind(
        says="The digests of plan, release file and commit as the ramp began.", fields={"pins": dict[str, str]}
    ),
    "heard": Kind(
        says="A word of an operator by a command, and what the command found.",
        fields={"word": Literal["HOLD", "RESUME", "GO", "ROLLBACK", "ANEW", "ACK"], "by": str, "said_at_utc": str,
                "more": dict[str, Any]},
    ),
    "said_in_thread": Kind(
        says="A word that counts of somebody who may say it, in a thread of #ship-room.",
        fields={**_THREAD, "role": str, "word": Literal["HOLD", "GO", "ROLLBACK", "ACK"], "code": str},
    ),
    "refused": Kind(
        says="A word in a thread, or a signed file, that does not count, and why.",
        fields={**_THREAD, "said": str, "why": str},
    ),
    "asked_sign_off": Kind(
        says="A sign-off that was asked for: the code stands for all the rest.",
        fields={
            **_MOMENT, "code": str, "version": str, "commit": str, "card": str, "accepts": Pairs, "blocks": Texts,
            "by": Texts, "nonce": str, "expires_at_utc": str, "label": str, "is_due": bool,
        },
    ),
    "thread_card": Kind(
        says="A message in a thread, about a code or another message, and whether #ship-room accepted it.",
        fields={"thread": str, "about": str, "text": str, "channel": str, "posted": bool},
        sometimes=_CAME,
    ),
    "happened": Kind(
        says="What happened to the ramp: `what` is one of `ramp/happened.py`, beside its fields.",
        fields={"event": dict[str, Any]},
    ),
    "ordered": Kind(
        says="What the conductor is about to do: `what` is one of `ramp/ordered.py`, `order` its fields.",
        fields={"what": str, "order": dict[str, Any]},
    ),
    "rolled_back": Kind(
        says="A rollback, and what was measured of it: `order_s` is null of one that was set from outside, `by` who "
        "ordered it by a command that no conductor heard.",
        fields={**_MOMENT, "said": str, "order_s": Number, "claim": str | None, "zero": MeasuredZero},
        sometimes={"by": str},
    ),
    "drilled": Kind(
        says="A drill of the rollback command, where it harms nobody, and what was measured of it.",
        fields={"place": Literal["staging", "own_rollout", "placebo"], "command": str, "sha256": str,
                "weight_pct": float, "proven": bool, "said": str, "order_s": float, "claim": str | None,
                "zero": MeasuredZero},
    ),
    "weight_lent": Kind(
        says="A weight that is about to be set before T-0, in a drill or a placebo hour, and by which tool.",
        fields={"by": LentBy, "weight_pct": float, "sha256": str},
    ),
    "weight_back": Kind(
        says="That weight is 0 again: what was found; nothing where it was 0.", fields={"by": LentBy, "said": str}
    ),
    "status_card": Kind(
        says="A card of how a stage looks so far, why it was due, and whether #ship-room accepted it.",
        fields={**_MOMENT, "because": Literal["T0", "T_PLUS_10", "BEFORE_GATE", "CADENCE"], "text": str, "channel": str,
                "posted": bool},
        sometimes={**_CAME, "shows": dict[str, str]},
    ),
    "event_card": Kind(
        says="A card of what happened between two decisions, and whether #ship-room accepted it.",
        fields={"text": str, "channel": str, "posted": bool},
        sometimes=_CAME,
    ),
    "event_page": Kind(
        says="A call of the pager for what happened to the ramp, and whether it was accepted.",
        fields={"said": str, "roles": Texts, "dedup_key": str, "posted": bool},
        sometimes=_CAME,
    ),
}  # fmt: skip


def must_be_whole(record: Mapping[str, Any]) -> None:
    """Raises ValueError for a kind that is none, and for fields that are missing, are none of the kind's, or wrong."""
    kind, at_utc = record["kind"], record["at_utc"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"is a record of no known kind ({kind!r}): another version of the suite wrote it")
    if not _is_utc(at_utc):
        raise ValueError(f"is not a whole {kind}: at_utc = {at_utc!r} is no time in UTC")
    fields = {name: value for name, value in record.items() if name not in ("kind", "at_utc")}
    _must_be(_row(kind), fields, kind)
    if kind == "happened":
        what, event = fields["event"].get("what"), {n: value for n, value in fields["event"].items() if n != "what"}
        _must_be(_row_of(EVENTS, what), event, kind)
    if kind == "fact":
        found_in(fields["check"], fields["found"])
    if kind == "ordered":
        _must_be(_row_of(COMMANDS, fields["what"]), fields["order"], kind)


def _must_be(row: type[Row], fields: dict[str, Any], kind: str) -> None:
    try:
        typed(row, fields, kind)
    except Invalid as invalid:
        said = " ".join(invalid.problems).rstrip(".")
        raise ValueError(f"is not a whole {kind}: {said}") from None


@cache
def _row(kind: str) -> type[Row]:
    fields: dict[str, Any] = {name: (of, ...) for name, of in KINDS[kind].fields.items()}
    fields |= {name: (of | None, None) for name, of in KINDS[kind].sometimes.items()}
    return create_model(f"a record of {kind}", __base__=Row, **fields)


def _row_of(known: tuple[type, ...], what: Any) -> type[Row]:
    """The row of what happened, or was ordered, as it is written."""
    of = next((each for each in known if each.__name__ == what), None)
    if of is None:
        raise ValueError(f"tells of what no known ramp does ({what!r}): another version of the suite wrote it")
    return _row_like(of)


@cache
def _row_like(of: type) -> type[Row]:
    fields: dict[str, Any] = {name: (_as_written(hint), ...) for name, hint in get_type_hints(of).items()}
    return create_model(f"a record of {of.__name__}", __base__=Row, **fields)


def _as_written(hint: Any) -> Any:
    """An enumeration is written by its value."""
    values = tuple(each.value for each in hint) if isinstance(hint, type) and issubclass(hint, Enum) else ()
    return Literal[values] if values else hint


def _is_utc(at_utc: Any) -> bool:
    try:
        return isinstance(at_utc, str) and datetime.fromisoformat(at_utc).utcoffset() == timedelta(0)
    except ValueError:
        return False
