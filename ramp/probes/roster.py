"""B2: everybody whom the afternoon may need is named, is somebody, and is on call all through it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.release import Release
from ramp.roster import gaps, wrong_with_roster
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

CHECK = "roster"
# Of whom the directive asks two people's word: G2, and A4's tie.
_TWO_PEOPLE = (("sre_lead", "ceo"), ("incident_commander", "sre_lead"))


@dataclass(frozen=True, kw_only=True)
class RosterSeen:
    """What is known of the people of a release: `unknown` says of ids that are nobody's why; None, with `why_unknown`,
    where Slack did not say. The ramp lasts `from_utc` to `until_utc`; None where T-0 is not set. `answered_min` is how
    soon each DRI acknowledged the test page of `asked_at_utc`; both None where none was sent. It is `now_utc`."""

    unknown: Mapping[str, str] | None
    why_unknown: str
    window: tuple[datetime, datetime] | None
    asked_at_utc: datetime | None
    answered_min: Mapping[str, float | None] | None
    now_utc: datetime

    @property
    def wait_min(self) -> float:
        """For how long the DRIs have been asked."""
        return 0.0 if self.asked_at_utc is None else (self.now_utc - self.asked_at_utc) / timedelta(minutes=1)


def judge_roster(plan: Plan, moment: str, release: Release, seen: RosterSeen) -> Verdict:
    """RED for whoever is missing, twice where two are asked for, unknown to Slack, not on call, or did not answer a
    test page in time; NO DATA where that cannot be told; YELLOW while nobody was asked to answer."""
    wrong = list(_wrong(plan, release, seen))
    notes = _notes(release)
    if wrong:
        more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return _say(moment, Colour.RED, wrong[0] + more, release, (*wrong[1:], *notes))
    if seen.window is None:
        return no_data(CHECK, moment, "T-0 is not set (start_at_utc), so nobody knows who is on call then", notes=notes)
    if seen.unknown is None:
        return no_data(CHECK, moment, f"Slack does not say whose the ids are: {seen.why_unknown}", notes=notes)
    begins, ends = map(_at, seen.window)
    on_call = f"{len(release.roster)} domains have a DRI and a backup, on call from {begins} to {ends}"
    if seen.answered_min is None:
        within = f"that they answer within {plan.signoff.answer_min_max:g} minutes is not proven"
        return _say(moment, Colour.YELLOW, f"{on_call}; {within}: no test page was sent", release, notes)
    if open_yet := [row.dri for row in release.roster if seen.answered_min.get(row.dri) is None]:
        left_min = plan.signoff.answer_min_max - seen.wait_min
        why = f"{', '.join(open_yet)} did not answer the test page yet, and may for {left_min:.1f} min: run this again"
        return no_data(CHECK, moment, why, notes=notes)
    return _say(moment, Colour.GREEN, f"{on_call}; each DRI answered a test page", release, notes)


def _say(moment: str, colour: Colour, why: str, release: Release, notes: tuple[str, ...]) -> Verdict:
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=len(release.roster),
        tag_ceo=colour is not Colour.GREEN,
        notes=notes,
    )


def _wrong(plan: Plan, release: Release, seen: RosterSeen) -> Iterator[str]:
    yield from wrong_with_roster(plan.domains.names, release.roster, release.people, release.escalation)
    roles = release.roles.model_dump()
    yield from (f"roles.{role} is not filled" for role in roles if role not in release.roles.model_fields_set)
    for one, other in _TWO_PEOPLE:
        if roles[one] == roles[other]:
            yield f"roles.{one} and roles.{other} are both {roles[one]}: two people are asked for"
    yield from (f"{id} {why}" for id, why in (seen.unknown or {}).items())
    if seen.window is not None:
        yield from (gap.sentence for gap in gaps(release.roster, release.people, *seen.window))
    limit = plan.signoff.answer_min_max
    for id, minutes in (seen.answered_min or {}).items():
        took = seen.wait_min if minutes is None else minutes
        if took > limit:
            did = "did not answer" if minutes is None else f"answered after {minutes:.1f} min"
            yield f"{id} {did} the test page, {limit:g} min are given; delete it, and the next run sends another"


def _notes(release: Release) -> tuple[str, ...]:
    rows = [
        f"{row.domain}: {row.dri} ({_zone(release, row.dri)}), backup {row.backup} ({_zone(release, row.backup)})"
        for row in release.roster
    ]
    return (*rows, *([f"then {', then '.join(release.escalation)}"] if release.escalation else []))


def _zone(release: Release, id: str) -> str:
    person = release.people.get(id)
    return person.time_zone if person else "no time zone"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
