"""F8: writes the draft of a post-mortem after a rollback, and brings it into the thread of its card."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from conduct.journal import Journal
from conduct.run import OBSERVATIONS, Run
from conduct.telling import tell_in_thread
from conduct.words import Words
from fixtures.sources import recording
from ramp.observation import NoEvidence, Span
from ramp.privacy.masking import scrub
from ramp.recording import Recording
from ramp.replay import Outcome, replay
from ramp.signals import PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED, USERS
from reports.journal import ROLLED_BACK, read
from reports.post_mortem import FILE, Met, post_mortem
from reports.power_table import power_table

ABOUT, POSTED_CHARACTERS = "the draft of the post-mortem", 3500


def draft_post_mortem(run: Run, journal: Journal) -> None:
    """Once a rollback: the file is written whatever can be posted, and whatever of the recording can be read. Where the
    disk takes no file, #ship-room has the draft all the same."""
    records = read(run.folder)
    back = max((n for n, each in enumerate(records) if each["kind"] == ROLLED_BACK), default=None)
    if back is None or any(each["kind"] == "thread_card" and each["about"] == ABOUT for each in records[back:]):
        return
    text = post_mortem(
        [*records, *_unheard(run, records)],
        run.release.roster,
        lambda check: run.plan.domains.of([check]),
        _met(run),
        _seen(run),
        _power(run),
    )
    text = scrub(text, run.site.secrets)
    with suppress(OSError):
        (run.folder / FILE).write_text(text, "utf-8")
    thread = next((each["ts"] for each in reversed(records) if each["kind"] == "card" and each["posted"]), "")
    more = f"\n... all of it is in {FILE} of the run's folder" if len(text) > POSTED_CHARACTERS else ""
    tell_in_thread(journal, run, thread, ABOUT, text[:POSTED_CHARACTERS] + more)


def _unheard(run: Run, records: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What was said by a command and is not heard yet, as whoever typed `rollback` says it once zero is measured: when
    a conductor has seen the weight already."""
    clock = run.site.clock
    for spoken in Words(run.folder, sum(each["kind"] == "heard" for each in records)).new():
        if spoken.at_utc:
            said_s = datetime.fromisoformat(spoken.at_utc).timestamp()
            at = datetime.fromtimestamp(clock.began_at_s + clock.speed * (said_s - clock.began_at_s), UTC)
            yield {"kind": "heard", "at_utc": at.isoformat(), "word": spoken.word, "by": spoken.by}


def _seen(run: Run) -> Outcome | None:
    """The same recording judged again by every gate that it carries."""
    try:
        seen = recording.planned(run.folder / OBSERVATIONS, run.plan)
        return replay(run.plan, seen, run.plan.gates_that_apply, with_reasons=True)
    except NoEvidence:
        return None


def _power(run: Run) -> str:
    try:
        return power_table(run.plan, run.recording(), run.folder.name, rps=None, as_json=False)
    except NoEvidence as missing:
        return f"what each stage can see is not known: {missing.reason}"


def _met(run: Run) -> Met:
    try:
        recorded = run.recording()
    except NoEvidence:
        return Met(users=None, payments=None, payments_failed=None)
    tried, fine = _grown(run, recorded, PAYMENTS_ATTEMPTED), _grown(run, recorded, PAYMENTS_SUCCEEDED)
    failed = tried - fine if tried is not None and fine is not None else None
    return Met(users=_grown(run, recorded, USERS), payments=tried, payments_failed=failed)


def _grown(run: Run, recorded: Recording, name: str) -> float | None:
    """By how much the canary's counter grew from the first look of its stages to the last; None where that is not
    known, as of a single look."""
    looks = sorted(at for stage in run.plan.stages for at in recorded.seen(stage.id))
    try:
        return recorded.increase("canary", name, Span(looks[0], looks[-1])) if len(looks) > 1 else None
    except NoEvidence:
        return None
