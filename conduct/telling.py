"""Telling people of a decision: a card and its report, beside the calls of `calling.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from conduct.accepted import Record, came, token
from conduct.calling import call_for
from conduct.figures import figures_of
from conduct.journal import Journal
from conduct.run import Run
from fixtures.ship_room import Postable, ShipRoom, ShipRoomUnavailable
from ramp.carded import REPORT, is_unsure
from ramp.decision import Action
from ramp.figures import Figure
from ramp.observation import NoEvidence
from ramp.privacy.masking import scrub
from ramp.probes.stable import CHECK as STABLE
from reports.asked import Said
from reports.card import Card, event_card, payments_card, shown, status_card
from reports.journal import Chapter, Story, latest, read
from reports.report import latest_figures, report_card, shown_before
from reports.so_far import SoFar, so_far_card

Records = list[tuple[str, Record]]


def tell(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """Pages whom the decision that was written down names, and posts its card, which says who was paged. What came of
    either stands in the journal: that it was accepted, or why not."""
    story, chapter = _newest(run)
    call_for(journal, run, story, chapter, at_utc)
    seen = figures_of(run, moment)
    journal.append("figures", at_utc, moment=moment, figures=[asdict(each) for each in seen])
    _post_card(journal, run, moment, at_utc)


def _post_card(journal: Journal, run: Run, moment: str, at_utc: datetime, lost: Record | None = None) -> None:
    """The card, and as its first reply the report of all figures. One that may not be `lost` is looked for first."""
    records = read(run.folder)
    story, chapter = _newest(run)
    next_utc = _next_utc(run, records, chapter, at_utc)
    page = run.release.page.url if run.release.page else None
    card = status_card(run.plan, story.run, chapter, before=shown_before(records), next_utc=next_utc, page=page)
    report = report_card(run.plan, story.run, chapter, latest_figures(records, moment))
    ts = _stands(run, lost["text"]) if lost and is_unsure(lost) else None
    said: Record = {"posted": True, "ts": ts} if ts else came(lambda: _post(run, card))
    if not said["posted"]:
        _keep(run, moment, card, report)
    shows = shown(run.plan, chapter)
    journal.append("card", at_utc, moment=moment, text=card.text, channel=run.release.channel, shows=shows, **said)
    if said["posted"]:
        _reply(journal, run, said["ts"], REPORT, report)


def _next_utc(run: Run, records: Iterable[Record], chapter: Chapter, at_utc: datetime) -> datetime | None:
    """When the next card is due where a ramp is conducted, until it ends with this one."""
    is_conducted = any(each["kind"] == "pinned" for each in records)
    goes_on = chapter.decision is not None and chapter.decision.action is not Action.ROLLBACK
    is_last = chapter.moment in run.plan.moments_of(STABLE)
    every = timedelta(minutes=run.plan.cadence.card_every_min)
    return at_utc + every if is_conducted and goes_on and not is_last else None


def tell_of_payments(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """A card of its own for what became of payments, where somebody must know of it."""
    story, chapter = _newest(run)
    if chapter.payments_ended:
        card = payments_card(story.run, moment, chapter.payments_ended)
        said = came(lambda: _post(run, card))
        journal.append("payments_card", at_utc, moment=moment, text=card.text, channel=run.release.channel, **said)


def tell_event(journal: Journal, run: Run, said: str) -> None:
    """A card for what happened to the ramp between two decisions."""
    story, at_utc = latest(read(run.folder)), run.site.clock.now()
    card = event_card(story.run, said)
    said_of = came(lambda: _post(run, card))
    journal.append("event_card", at_utc, text=card.text, channel=run.release.channel, **said_of)


def tell_again(journal: Journal, run: Run, moment: str) -> None:
    """Posts the card of the newest decision, at `moment`, once more."""
    lost = [each for each in read(run.folder) if each["kind"] == "card" and each["moment"] == moment][-1:]
    _post_card(journal, run, moment, run.site.clock.now(), *lost)


def report_again(journal: Journal, run: Run, thread: str) -> None:
    """Posts the report below the card `thread` once more."""
    lost = [each for each in read(run.folder) if each["kind"] == "thread_card" and each["about"] == REPORT]
    for each in [each for each in lost if each["thread"] == thread][-1:]:
        _reply(journal, run, thread, REPORT, Said(each["text"]))


def post_so_far(run: Run, so_far: SoFar, seen: Sequence[Figure], unsure: Mapping[str, Any] | None) -> Records:
    """Posts how a stage looks so far, and as its first reply the figures `seen`: what is to be written down of both.
    Where the card before is `unsure`, that one is looked for first, and if it is there nothing is posted twice."""
    records = read(run.folder)
    story, channel = latest(records), run.release.channel
    chapter = Chapter(
        moment=so_far.moment, verdicts=tuple(so_far.verdicts), decision=so_far.outlook,
        at_utc=so_far.at_utc.isoformat(), held_min=so_far.held_min,
    )  # fmt: skip
    report = report_card(run.plan, story.run, chapter, seen)
    if unsure and (ts := _stands(run, unsure["text"])):
        fields = {name: unsure[name] for name in ("moment", "because", "text", "channel", "shows")}
        said: Record = {"posted": True, "ts": ts}
    else:
        card = so_far_card(run.plan, story.run, so_far, shown_before(records))
        shows = {each.check: each.colour.word for each in so_far.verdicts}
        fields = {"moment": so_far.moment, "because": so_far.because.value, "text": card.text, "channel": channel}
        fields, said = fields | {"shows": shows}, came(lambda: _post(run, card))
    if not said["posted"]:
        return [("status_card", fields | said)]
    replied = came(lambda: _post(run, report, said["ts"]))
    of_reply = {"thread": said["ts"], "about": REPORT, "text": report.text, "channel": channel}
    return [("status_card", fields | said), ("thread_card", of_reply | replied)]


def _stands(run: Run, text: str) -> str | None:
    """The `ts` of the message with this text that stands in #ship-room; None where none does, or it cannot be read."""
    try:
        return ship_room_of(run).found(text)
    except (ShipRoomUnavailable, NoEvidence):
        return None


def tell_in_thread(journal: Journal, run: Run, thread: str, about: str, text: str) -> bool:
    """Answers in `thread`, or in the channel where that is "": whether it was accepted."""
    return _reply(journal, run, thread, about, Said(text))


def _reply(journal: Journal, run: Run, thread: str, about: str, card: Postable) -> bool:
    replied = came(lambda: _post(run, card, thread or None))
    at_utc, channel = run.site.clock.now(), run.release.channel
    journal.append("thread_card", at_utc, thread=thread, about=about, text=card.text, channel=channel, **replied)
    return bool(replied["posted"])


def _newest(run: Run) -> tuple[Story, Chapter]:
    """What is told is what was written."""
    story = latest(read(run.folder))
    assert story.newest is not None
    return story, story.newest


def _keep(run: Run, moment: str, *cards: Card) -> None:
    """Cards that nobody was shown can still be read."""
    text = "\n\n".join(map(str, cards))
    (run.folder / f"card_{moment}.txt").write_text(scrub(f"{text}\n", run.site.secrets), "utf-8")


def ship_room_of(run: Run) -> ShipRoom:
    """The channel of the release. Raises NoEvidence where nothing may be posted, or no token is given."""
    run.site.must_allow("post and page")
    target = run.site.target
    bot = token(run, target.slack_token_env)
    return ShipRoom(target.slack_url, bot, run.release.channel, secrets=run.site.secrets)


def _post(run: Run, card: Postable, thread_ts: str | None = None) -> Record:
    return {"ts": ship_room_of(run).post(card, thread_ts)}
