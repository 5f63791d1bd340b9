"""B4: the one-pager is whole, true, and pinned in #ship-room as it was posted."""

from collections.abc import Iterator
from dataclasses import dataclass

from ramp.acknowledged import plain
from ramp.one_pager import Item, missing, one_pager, page_text
from ramp.plan import Plan
from ramp.privacy.masking import scrub
from ramp.release import Release
from ramp.repository import TaggedCommit
from ramp.verdict import Colour, Verdict, no_data

CHECK = "one_pager"
_MEND = "pin it again, or delete it and the next run posts it"


@dataclass(frozen=True, kw_only=True)
class OnePagerSeen:
    """`tagged` is what the repository says, None where it does not and `why_untagged` says why. `not_there` says of the
    rollback command and of the runbook why they are not there, each where it is not, `unseen` where nobody can tell.
    `pinned` are the texts of the pins
    of #ship-room by the suite; None, with `why_unpinned`, where Slack does not say."""

    rollback_command: str | None
    tagged: TaggedCommit | None
    why_untagged: str
    not_there: tuple[str, ...]
    unseen: tuple[str, ...]
    pinned: tuple[str, ...] | None
    why_unpinned: str


def judge_one_pager(plan: Plan, moment: str, release: Release, seen: OnePagerSeen) -> Verdict:
    """RED for a line that is missing, a tag that is not there or is on another commit, migrations that are claimed and
    are not found or the other way round, a command or runbook that is not there, and a pin that is not there or says
    anything else; NO DATA where repository or Slack do not say."""
    items = one_pager(plan, release, seen.tagged, seen.rollback_command)
    notes = tuple(f"{item.label}: {item.text or 'missing'}" for item in items)
    if wrong := _wrong(items, release, seen):
        more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return _red(moment, wrong[0] + more, (*wrong[1:], *notes))
    if unknown := list(_unknown(seen)):
        return no_data(CHECK, moment, unknown[0], notes=(*unknown[1:], *notes))
    if seen.pinned is None:
        return no_data(CHECK, moment, f"Slack does not say what is pinned: {seen.why_unpinned}", notes=notes)
    if plain(page_text(items)) not in map(plain, seen.pinned):
        pins = f"{len(seen.pinned)} other pins are" if seen.pinned else "nothing is"
        return _red(
            moment, f"the one-pager is not pinned in #ship-room as it should be posted now ({pins}): {_MEND}", notes
        )
    why = f"pinned in #ship-room; the tag {release.version} is on {release.commit[:12]}"
    return Verdict(check=CHECK, moment=moment, colour=Colour.GREEN, why=why, notes=notes)


def not_to_be_posted(plan: Plan, release: Release, seen: OnePagerSeen, secrets: tuple[str, ...]) -> str | None:
    """Why the page must not be posted as it is: what it lacks, what of it is not true, what nobody can tell, and what
    nobody may see: one of `secrets`, or personal data."""
    items = one_pager(plan, release, seen.tagged, seen.rollback_command)
    hidden = [
        f"{item.label} holds a secret or personal data: take it out"
        for item in items
        if item.text is not None and scrub(item.text, secrets) != item.text
    ]
    return next(iter([*_wrong(items, release, seen), *_unknown(seen), *hidden]), None)


def _wrong(items: tuple[Item, ...], release: Release, seen: OnePagerSeen) -> list[str]:
    return [*missing(items), *_untrue(release, seen.tagged), *seen.not_there]


def _unknown(seen: OnePagerSeen) -> Iterator[str]:
    if seen.tagged is None:
        yield f"its tag and migrations are not known: {seen.why_untagged}"
    elif seen.tagged.migrations is None:
        said = "no earlier release's tag comes before its commit, so nobody can tell which migrations came since"
        yield f"{said}: tag the release that is out now"
    yield from seen.unseen


def _untrue(release: Release, tagged: TaggedCommit | None) -> Iterator[str]:
    if tagged is None:
        return
    if tagged.tagged is None:
        yield f"there is no tag {release.version} in the repository: tag {release.commit[:12]}"
    elif tagged.tagged != release.commit:
        yield f"the tag {release.version} is on {tagged.tagged[:12]}, the release file says {release.commit[:12]}"
    found = tagged.migrations
    if found and release.migrations is False:
        yield f"migrations = false, and since {tagged.previous} there is {', '.join(found[:3])}"
    if found == () and release.migrations:
        yield f"migrations = true, and nothing changed in their folder since {tagged.previous}"


def _red(moment: str, why: str, notes: tuple[str, ...]) -> Verdict:
    return Verdict(check=CHECK, moment=moment, colour=Colour.RED, why=why, tag_ceo=True, notes=notes)
