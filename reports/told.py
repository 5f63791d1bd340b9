"""What must be told beside verdicts and decision, the same on terminal, page and card; and who has heard of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ramp.decision import Decision
from reports.journal import Chapter, Telling
from reports.payments_told import caps_begin_anew

ROLES = {
    "ceo": "CEO",
    "sre_lead": "SRE lead",
    "security_lead": "security lead",
    "incident_commander": "incident commander",
}


class Line(NamedTuple):
    """A sentence with a word in front that says what it is about."""

    label: str
    said: str

    def __str__(self) -> str:
        return f"{self.label}: {self.said}"


def remarks(run: Mapping[str, Any], chapter: Chapter) -> list[Line]:
    """What somebody has to look at: by whose plan and time, of payments, of sources that could not be read, of what was
    found where, and whom nobody could tell."""
    said = []
    if chapter.payments_stopped:
        said.append(Line("Payments", f"nothing more is paid in this run: {chapter.payments_stopped}"))
    if before := run.get("same_commit"):
        said.append(Line("Caps", caps_begin_anew(run["version"], before)))
    if other := run.get("other_plan"):
        said.append(Line("Plan", f"judged by {other}, which is not the directive in ramp/plan.toml"))
    if run.get("target") == "real" and (speed := run.get("speed", 1)) != 1:
        said.append(Line("Time", f"{speed:g} times as fast as the clock, on addresses of this machine alone"))
    said += [Line("Source", problem) for problem in chapter.sources]
    said += [Line("Found", found) for _, found in chapter.found]
    if chapter.carded and chapter.carded.why:
        said.append(Line("Card", f"no card in #ship-room: {chapter.carded.why}"))
    if chapter.paged and chapter.paged.why:
        missed = [
            role for role in (chapter.decision.page if chapter.decision else ()) if role not in chapter.paged.roles
        ]
        whom = f"{in_words(missed)} was not paged" if chapter.paged.roles else "nobody was paged"
        said.append(Line("Pager", f"{whom}: {chapter.paged.why}"))
    if chapter.resolved and chapter.resolved.why:
        said.append(Line("Pager", f"an incident is still open: {chapter.resolved.why}"))
    said += [Line("Rolled back", came) for came in chapter.rolled_back]
    said += [Line("Payments", ended) for ended in chapter.payments_ended]
    return list(dict.fromkeys(said))


def rollback(run: Mapping[str, Any]) -> str:
    """The command and the runbook, for whoever must roll back."""
    said = [str(run[name]) for name in ("rollback_command", "runbook_url") if run.get(name)]
    return " - ".join(said) or "no command and no runbook in the release file"


def who(decision: Decision, paged: Telling | None, carded: Telling | None) -> list[Line]:
    """Whom the pager and #ship-room are known to have told, by what they accepted; and who is still to be told."""
    tagged = _whom("Tagged", "Not tagged", "To be tagged", decision.tag, carded)
    return who_is_paged(decision, paged) + tagged


def who_is_paged(decision: Decision, paged: Telling | None) -> list[Line]:
    """The CEO has a routing key of her own, so that of two calls one may have been accepted."""
    if paged is None or not paged.why:
        return _whom("Paged", "Not paged", "To be paged", decision.page, paged)
    missed = [role for role in decision.page if role not in paged.roles]
    told = [Line("Paged", in_words(paged.roles))] if paged.roles else []
    return [*told, Line("Not paged", in_words(missed))]


def _whom(done: str, failed: str, due: str, roles: Sequence[str], telling: Telling | None) -> list[Line]:
    if not roles:
        return []
    return [Line(due if telling is None else failed if telling.why else done, in_words(roles))]


def in_words(roles: Sequence[str]) -> str:
    """`CEO, incident commander`."""
    return ", ".join(ROLES.get(role, role) for role in roles)


def named(run: Mapping[str, Any], role: str) -> str:
    """`incident commander (U0IC)`, by the release file."""
    id = run.get("roles", {}).get(role)
    return f"{in_words([role])} ({id})" if id else in_words([role])
