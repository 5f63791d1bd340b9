"""The steps of a close-out as effects: each can be asked whether it is there already, so that no kill doubles it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from conduct.run import Run
from conduct.telling import ship_room_of
from fixtures.ship_room import ShipRoomUnavailable
from fixtures.switch_command import Switch
from ramp.close import Step
from ramp.close_rows import CloseOut
from ramp.freeze import FREEZE_FILE, NAMESPACE, text_of
from ramp.observation import NoEvidence
from reports import cohort_review, win_note
from reports.asked import Said
from reports.journal import FILE, JournalBroken, read_file
from reports.searched import refuse_secrets

Records = Sequence[Mapping[str, Any]]


class Waits(Exception):
    """A step waits for a person. The sentence says for what."""


@dataclass(frozen=True)
class Effect:
    """`is_there` and `do` raise NoEvidence, with what is wrong, and Waits. `said` is what is told afterwards."""

    is_there: Callable[[], bool]
    do: Callable[[], None]
    said: str


def effect_of(run: Run, step: Step, records: Records, at: datetime) -> Effect:
    """Of a `step` that was intended at `at`. Raises NoEvidence where nothing is configured for it."""
    close = run.site.organisation.close or CloseOut()
    folder = run.folder
    match step:
        case Step.LIFT_CAPS:
            names = "lift_caps and caps_are_lifted"
            return _switched(run, close.lift_caps, close.caps_are_lifted, names, "the payment caps are lifted")
        case Step.REMOVE_LOCK:
            names = "remove_lock and lock_is_removed"
            return _switched(run, close.remove_lock, close.lock_is_removed, names, "the infra lock is removed")
        case Step.WRITE_WIN_NOTE:
            file, write = folder / win_note.FILE, partial(_win_note, run, records)
            return _written(file, write, f"{file} is to be filled in: {{{{...}}}} are blanks")
        case Step.OPEN_COHORT_REVIEW:
            file = folder / cohort_review.FILE
            write = partial(cohort_review.opened, run.release.version, at, run.release.roster)
            return _written(file, write, f"{file} names owners and dates")
        case Step.FREEZE:
            file = folder / FREEZE_FILE
            sign = f"the incident commander signs it: ssh-keygen -Y sign -n {NAMESPACE} -f KEY {file} (docs/close.md)"
            return _written(file, partial(text_of, run.release.version, run.release.commit, at), sign)
        case Step.POST_WIN_NOTE:
            return _posted(run, records)
        case Step.LIFT_LEDGER_CAPS:
            raise ValueError("the record is the effect")


def _switched(run: Run, does: Sequence[str] | None, asks: Sequence[str] | None, names: str, so: str) -> Effect:
    if does is None or asks is None:
        raise NoEvidence(f"nothing says how: set {names} of [close] in the release file (docs/close.md)")
    if run.site.is_live:
        run.site.must_allow("close out")
    close = run.site.organisation.close or CloseOut()
    switch = Switch(does=does, asks=asks, timeout_s=close.timeout_s, secrets=run.site.secrets)
    return Effect(switch.is_so, switch.switch, f"{so}, as `{' '.join(asks)}` says")


def _written(file: Path, text: Callable[[], str], said: str) -> Effect:
    """The file appears whole or not at all, and what people write into it stays."""

    def write() -> None:
        draft = file.with_name(f"{file.name}.draft")
        with draft.open("w", encoding="utf-8") as opened:
            opened.write(text())
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)

    return Effect(file.exists, write, said)


def _win_note(run: Run, records: Records) -> str:
    about = [record for record in records if record["kind"] == "run"][-1]
    return win_note.win_note(run.plan, about, records, _before(run, str(about["at_utc"])))


def _before(run: Run, began_at_utc: str) -> win_note.Before | None:
    """The release before, by the journals of the same kind of target beside this version's runs: the newest that
    has figures. One that cannot be read, as of an older suite, tells nothing here."""
    found: list[tuple[str, win_note.Before]] = []
    for file in run.folder.resolve().parent.parent.glob(f"*/*/{FILE}"):
        try:
            records = read_file(file, may_be_torn=True).records
        except (OSError, JournalBroken):
            continue
        about = next((each for each in reversed(records) if each["kind"] == "run"), None)
        figures = win_note.last_figures(records)
        if about is None or about["target"] != run.release.target or about["version"] == run.release.version:
            continue
        if figures and records[-1]["at_utc"] < began_at_utc:
            found.append((records[-1]["at_utc"], win_note.Before(about["version"], figures)))
    return max(found, key=lambda each: each[0])[1] if found else None


def _posted(run: Run, records: Records) -> Effect:
    """In the thread of the newest card, where it is found again by its digest."""
    file = run.folder / win_note.FILE
    note = file.read_text("utf-8")
    if blanks := win_note.blanks(note):
        count = f"{len(blanks)} blank{'s' if blanks[1:] else ''}"
        raise Waits(f"{file} has {count} ({blanks[0]}): fill in what is between {{{{ and }}}}, then close again")
    refuse_secrets(file.name, note, run.site.secrets)
    if run.site.is_recording:
        return Effect(lambda: True, lambda: None, f"#ship-room ended with the rehearsal: {file} is posted nowhere")
    thread = next((each["ts"] for each in reversed(records) if each["kind"] == "card" and each["posted"]), None)
    if thread is None:
        raise NoEvidence(f"no card of this run stands in #ship-room, whose thread {file.name} would go into: post it")
    mark = f"(win note {sha256(note.encode()).hexdigest()[:12]})"

    def is_there() -> bool:
        return any(mark in str(message.get("text")) for message in _asked(lambda: ship_room_of(run).replies(thread)))

    def post() -> None:
        _asked(lambda: ship_room_of(run).post(Said(f"{note}\n{mark}"), thread))

    return Effect(is_there, post, f"{file.name} stands in the thread of {thread}")


def _asked(ask: Callable[[], Any]) -> Any:
    """Raises NoEvidence."""
    try:
        return ask()
    except ShipRoomUnavailable as unavailable:
        raise NoEvidence(str(unavailable)) from None
