"""Telling people of a decision: a card, and one incident, updated while it lasts, resolved once the moment goes on."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from conduct.earlier_runs import records_beside
from conduct.figures import figures_of
from conduct.journal import Journal
from conduct.run import Run
from fixtures import pager
from fixtures.pager import PagerUnavailable
from fixtures.ship_room import Postable, ShipRoom, ShipRoomUnavailable
from ramp.decision import Action
from ramp.observation import NoEvidence
from ramp.privacy.masking import scrub
from reports import told
from reports.asked import Said
from reports.card import Card, event_card, payments_card, shown, status_card
from reports.incident import incident
from reports.journal import Chapter, Story, latest, read
from reports.report import latest_figures, report_card, shown_before

Record = dict[str, Any]


def tell(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """Pages whom the decision that was written down names, and posts its card, which says who was paged. What came of
    either stands in the journal: that it was accepted, or why not."""
    story, chapter = _newest(run)
    assert chapter.decision is not None
    if chapter.decision.page:
        said = _came(lambda: _trigger(run, story, chapter))
        roles = list(chapter.decision.page)
        journal.append("page", at_utc, moment=moment, event="trigger", roles=roles, dedup_key=_key(run, moment), **said)
    elif chapter.decision.action is Action.CONTINUE and _is_open(run, moment):
        said = _came(lambda: _resolve(run, moment))
        journal.append("page", at_utc, moment=moment, event="resolve", roles=[], dedup_key=_key(run, moment), **said)
    seen = figures_of(run, moment)
    journal.append("figures", at_utc, moment=moment, figures=[asdict(each) for each in seen])
    _post_card(journal, run, moment, at_utc)


def _post_card(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """The card, and as its first reply the report of all figures."""
    records = read(run.folder)
    story, chapter = _newest(run)
    card = status_card(run.plan, story.run, chapter, before=shown_before(records))
    report = report_card(run.plan, story.run, chapter, latest_figures(records, moment))
    said = _came(lambda: _post(run, card))
    if not said["posted"]:
        _keep(run, moment, card, report)
    shows = shown(run.plan, chapter)
    journal.append("card", at_utc, moment=moment, text=card.text, channel=run.release.channel, shows=shows, **said)
    if said["posted"]:
        _reply(journal, run, said["ts"], "the report of its figures", report)


def tell_of_payments(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """A card of its own for what became of payments, where somebody must know of it."""
    story, chapter = _newest(run)
    if chapter.payments_ended:
        card = payments_card(story.run, moment, chapter.payments_ended)
        said = _came(lambda: _post(run, card))
        journal.append("payments_card", at_utc, moment=moment, text=card.text, channel=run.release.channel, **said)


def tell_event(journal: Journal, run: Run, said: str) -> None:
    """A card for what happened to the ramp between two decisions."""
    story, at_utc = latest(read(run.folder)), run.site.clock.now()
    card = event_card(story.run, said)
    came = _came(lambda: _post(run, card))
    journal.append("event_card", at_utc, text=card.text, channel=run.release.channel, **came)


def page_event(journal: Journal, run: Run, said: str, roles: Sequence[str]) -> None:
    """Pages `roles`: something was seen between two decisions, or keeps the conductor from what it is to do. One
    incident a release."""
    came = call(run, said, roles)
    key = _key(run, "conductor")
    journal.append("event_page", run.site.clock.now(), said=said, roles=list(roles), dedup_key=key, **came)


def call(run: Run, said: str, roles: Sequence[str]) -> Record:
    """The call alone, and what came of it: for when nothing can be written down."""

    def trigger() -> Record:
        run.site.must_allow("post and page")
        target, routing_key = run.site.target, _token(run, run.site.target.pager_key_env)
        summary = f"{run.release.version}: {said}"
        details = {"rollback": "python -m ramp rollback", "for": told.in_words(roles)}
        pager.page(
            target.pager_url, routing_key, dedup_key=_key(run, "conductor"), summary=summary, severity="critical",
            details=details, secrets=run.site.secrets,
        )  # fmt: skip
        return {"summary": summary}

    return _came(trigger)


def tell_in_thread(journal: Journal, run: Run, thread: str, about: str, text: str) -> bool:
    """Answers in `thread`, or in the channel where that is "": whether it was accepted."""
    return _reply(journal, run, thread, about, Said(text))


def _reply(journal: Journal, run: Run, thread: str, about: str, card: Postable) -> bool:
    came = _came(lambda: _post(run, card, thread or None))
    at_utc, channel = run.site.clock.now(), run.release.channel
    journal.append("thread_card", at_utc, thread=thread, about=about, text=card.text, channel=channel, **came)
    return bool(came["posted"])


def _newest(run: Run) -> tuple[Story, Chapter]:
    """What is told is what was written."""
    story = latest(read(run.folder))
    assert story.newest is not None
    return story, story.newest


def _came(tell: Callable[[], Record]) -> Record:
    try:
        return {"posted": True} | tell()
    except (ShipRoomUnavailable, PagerUnavailable, NoEvidence) as reason:
        return {"posted": False, "why": str(reason)}


def _token(run: Run, environment_name: str) -> str:
    """Raises NoEvidence."""
    try:
        return run.site.secret(environment_name).get_secret_value()
    except NoEvidence as missing:
        raise NoEvidence(f"not posted: no token ({missing.reason})") from None


def _keep(run: Run, moment: str, *cards: Card) -> None:
    """Cards that nobody was shown can still be read."""
    text = "\n\n".join(map(str, cards))
    (run.folder / f"card_{moment}.txt").write_text(scrub(f"{text}\n", run.site.secrets), "utf-8")


def ship_room_of(run: Run) -> ShipRoom:
    """The channel of the release. Raises NoEvidence where nothing may be posted, or no token is given."""
    run.site.must_allow("post and page")
    token = _token(run, run.site.target.slack_token_env)
    return ShipRoom(run.site.target.slack_url, token, run.release.channel, secrets=run.site.secrets)


def _post(run: Run, card: Postable, thread_ts: str | None = None) -> Record:
    return {"ts": ship_room_of(run).post(card, thread_ts)}


def _trigger(run: Run, story: Story, chapter: Chapter) -> Record:
    run.site.must_allow("post and page")
    of = incident(story.run, chapter)
    pager.page(
        run.site.target.pager_url,
        _token(run, run.site.target.pager_key_env),
        dedup_key=_key(run, chapter.moment),
        summary=of.summary,
        severity=of.severity,
        details=of.details,
        secrets=run.site.secrets,
    )
    return {"summary": of.summary}


def _resolve(run: Run, moment: str) -> Record:
    run.site.must_allow("post and page")
    key = _token(run, run.site.target.pager_key_env)
    pager.resolve(run.site.target.pager_url, key, dedup_key=_key(run, moment))
    return {}


def _key(run: Run, moment: str) -> str:
    return pager.dedup_key(run.release.version, moment)


def _is_open(run: Run, moment: str) -> bool:
    """Whether an incident of `moment` was accepted and not resolved since: by this run or, on a real target, by
    one beside it. Resolving one that is closed changes nothing, so what cannot be read counts as open."""
    try:
        records = list(records_beside(run)) if run.site.is_live else read(run.folder)
    except NoEvidence:
        return True
    of = [each for each in records if each.get("dedup_key") == _key(run, moment) and each.get("posted") is True]
    last = max(of, key=lambda each: str(each.get("at_utc")), default=None)
    return last is not None and last.get("event") == "trigger"
