"""C1: the privacy posture is what was approved, and the security lead signs for this release."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.approval import Approved
from ramp.plan import Plan
from ramp.posture import Posture
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class PostureSeen:
    """The posture file as it is `now`, with its digest and the one that was approved; who signs it and when, when T-0
    is, and the approval: None while there is none, `refused` why one that is there does not count."""

    posture: Posture
    sha256: str
    approved_sha256: str | None
    by: str | None
    sign_off_at_utc: datetime | None
    start_at_utc: datetime | None
    now: datetime
    approved: Approved | None
    refused: str | None

    @property
    def is_unchanged(self) -> bool:
        return self.sha256 == self.approved_sha256


def judge_posture(plan: Plan, moment: str, seen: PostureSeen) -> Verdict:
    """GREEN with the signature, and until that is due with a person and a time for an unchanged posture. RED where the
    posture was changed without it, where an approval is refused, or where the time is too late."""
    if seen.approved:
        approved = seen.approved
        why = f"signed by {approved.by} (key {approved.key}) for {approved.use}, until {_at(approved.expires_at_utc)}"
        return _verdict(moment, Colour.GREEN, why, seen)
    if seen.refused:
        return _verdict(moment, Colour.RED, seen.refused, seen)
    if seen.approved_sha256 and not seen.is_unchanged:
        digests = f"sha256 {seen.sha256[:12]}, approved is {seen.approved_sha256[:12]}"
        return _verdict(moment, Colour.RED, f"the posture was changed ({digests}), and nobody signed for it", seen)
    is_due = moment == plan.probes.posture.signature_due
    if is_due or not seen.approved_sha256:
        return no_data("posture", moment, _unsigned(seen, is_due=is_due), notes=_notes(seen))
    return _timing(plan, moment, seen)


def _timing(plan: Plan, moment: str, seen: PostureSeen) -> Verdict:
    """Before the signature is due: who gives it, and when."""
    lacks = {"sign_off_by": seen.by, "sign_off_at_utc": seen.sign_off_at_utc, "start_at_utc": seen.start_at_utc}
    missing = [name for name, value in lacks.items() if value is None]
    if seen.by is None or seen.sign_off_at_utc is None or seen.start_at_utc is None:
        why = f"the posture is unchanged, and who signs for it before T-10 is not known: set {', '.join(missing)}"
        return no_data("posture", moment, f"{why} in the release file", notes=_notes(seen))
    due = seen.start_at_utc - timedelta(minutes=plan.probes.posture.due_before_t0_min)
    planned = f"{seen.by} signs at {_at(seen.sign_off_at_utc)}"
    if seen.sign_off_at_utc > due:
        return _verdict(moment, Colour.RED, f"{planned}, which is after T-10 ({_at(due)})", seen)
    if seen.sign_off_at_utc <= seen.now:
        return no_data("posture", moment, f"{planned}, which is past, and has not signed", notes=_notes(seen))
    why = f"sign-off timing confirmed: {planned}, before T-10 ({_at(due)}); the posture is unchanged"
    return _verdict(moment, Colour.GREEN, why, seen)


def _unsigned(seen: PostureSeen, *, is_due: bool) -> str:
    known = "" if seen.approved_sha256 else "no digest of it was approved before (approved_sha256), and "
    due = "which is due" if is_due else "so that nobody knows whether it changed"
    return f"{known}nobody signed for the posture (sha256 {seen.sha256[:12]}), {due}: docs/privacy.md says how"


def _verdict(moment: str, colour: Colour, why: str, seen: PostureSeen) -> Verdict:
    red = colour is Colour.RED
    return Verdict(
        check="posture", moment=moment, colour=colour, why=why, tag_ceo=red, page_security=red, notes=_notes(seen)
    )


def _notes(seen: PostureSeen) -> tuple[str, ...]:
    of, fields = seen.posture, len(seen.posture.fields)
    laws = "; ".join(f"{law}: {', '.join(of.under(law)) or 'none'}" for law in ("FERPA", "COPPA"))
    told = (f"{fields} field{'s' if fields > 1 else ''} collected; {laws}",)
    return (*told, seen.approved.note) if seen.approved else told


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
