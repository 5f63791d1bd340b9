"""F2: personal data in what the canary writes; secrets, and what is only suspected, beside it."""

from functools import partial
from typing import Literal, NamedTuple

from ramp.allowed import Tolerated
from ramp.finding import Finding, Told
from ramp.gates.anew import CountedAnew, idle
from ramp.gates.judging import Light, Momentary, found
from ramp.observation import NoEvidence, Slice
from ramp.plan import Plan
from ramp.signals import (
    IP_ADDRESSES_FOUND,
    LOG_LINES_SCANNED,
    PERSONAL_DATA_FINDINGS,
    PERSONAL_DATA_SUSPECTED,
    SECRETS_FOUND,
)
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Trigger, Words

_ALWAYS = (LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS)
# What recordings have had since the scan tells more than one kind of finding.
_BESIDE = (SECRETS_FOUND, PERSONAL_DATA_SUSPECTED, IP_ADDRESSES_FOUND)


class PrivacyRow(Waivable):
    """`ip_addresses` are public ones, outside access logs, where they always stand."""

    findings_max: Tolerated
    ip_addresses: Literal["suspected", "off"] = "suspected"


class _Seen(NamedTuple):
    """What was found of one slice since scanning began."""

    lines: int
    personal: int
    secrets: int
    suspected: int


def privacy_gate(plan: Plan) -> Momentary:
    """A certain finding in the canary's logs and traces rolls back (F2). A secret, or a finding in control alone, is
    RED and pages the security lead; what is only suspected is YELLOW. No line read proves nothing, nor do those that
    were read before the stage."""
    return Momentary("privacy", partial(logs_found, anew=CountedAnew(LOG_LINES_SCANNED)))


def logs_found(view: StageView, anew: CountedAnew | None = None) -> Finding:
    """What the logs show until `view`; with `anew`, lines must have been read in its stage. Raises NoEvidence."""
    row = view.plan.gate(PrivacyRow)
    lines, personal = (round(view.recording.known_total("canary", name, view.as_of)) for name in _ALWAYS)
    if personal > row.findings_max:
        return _leaked(view, row, lines, personal)  # whatever else of the logs could not be read
    canary, control = _seen(view, row, "canary"), _of_control(view, row)
    idle_since = anew.idle_since(view, canary.lines) if anew else None
    nothing_new = f", and nothing new since {idle_since:%H:%MZ}" if idle_since else ""
    words = Words(
        why=f"{_said(canary, control)} in {canary.lines:,} log and trace lines{nothing_new}",
        unit=Unit.COUNT,
        value=canary.personal,
        control=None if control is None else control.personal,
        limit=row.findings_max,
        n=canary.lines,
    )
    leaks = canary.secrets > 0 or (control is not None and control.personal + control.secrets > 0)
    light = Light(Colour.RED if leaks else Colour.YELLOW if canary.suspected else Colour.GREEN)
    judged, light = light, idle(view, light, idle_since)
    suspected, thin = canary.suspected > 0, light != judged
    return found(view, "privacy", light, Told(words), tag_ceo=leaks or suspected, page_security=leaks, thin=thin)


def _leaked(view: StageView, row: PrivacyRow, lines: int, personal: int) -> Finding:
    """F2."""
    words = Words(
        why=f"{personal} findings of personal data in {lines:,} log and trace lines",
        unit=Unit.COUNT,
        value=personal,
        limit=row.findings_max,
        n=lines,
    )
    return found(view, "privacy", Light(Colour.RED, Trigger.F2), Told(words), tag_ceo=True, page_security=True)


def _said(canary: _Seen, control: _Seen | None) -> str:
    said = [f"{canary.personal} findings of personal data"]
    said += (
        [f"{canary.secrets} of secrets: whoever can read the logs has them, so revoke them"] if canary.secrets else []
    )
    said += [f"{canary.suspected} suspected"] if canary.suspected else []
    if control and control.personal + control.secrets:
        said.append(f"{control.personal} of personal data and {control.secrets} of secrets in control's")
    return ", ".join(said)


def _of_control(view: StageView, row: PrivacyRow) -> _Seen | None:
    """None where control's logs are not read, or no control is left. Raises NoEvidence."""
    if LOG_LINES_SCANNED not in view.recording.names("control") or view.moment.traffic_pct == 100:
        return None
    return _seen(view, row, "control")


def _seen(view: StageView, row: PrivacyRow, slice: Slice) -> _Seen:
    """Raises NoEvidence when there is none, and where some of what counts may be missing."""
    names = view.recording.names("canary") | view.recording.names("control")
    beside = _BESIDE if any(name in names for name in _BESIDE) else ()
    of = {name: round(view.recording.known_total(slice, name, view.as_of)) for name in (*_ALWAYS, *beside)}
    if slice == "canary" or not of[PERSONAL_DATA_FINDINGS]:
        for name in (PERSONAL_DATA_FINDINGS, *beside):
            view.recording.total(slice, name, view.as_of)  # raises where some may be missing
    if slice == "canary" and of[LOG_LINES_SCANNED] == 0:
        raise NoEvidence("no log or trace line of the canary was scanned")
    ips = of.get(IP_ADDRESSES_FOUND, 0) if row.ip_addresses == "suspected" else 0
    return _Seen(
        of[LOG_LINES_SCANNED],
        of[PERSONAL_DATA_FINDINGS],
        of.get(SECRETS_FOUND, 0),
        of.get(PERSONAL_DATA_SUSPECTED, 0) + ips,
    )
