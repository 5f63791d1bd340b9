"""One self-contained page from the journal: the decision first, then the ramp, the gates and what was assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ramp.conducted import Phase
from ramp.folded import folded
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict, worst
from reports import journal, told
from reports.acting import acting
from reports.chart import chart
from reports.figures import figures
from reports.journal import Chapter, Story
from reports.local_time import both
from reports.moment_names import moment_name
from reports.root_cause import root_cause
from reports.stopwatch import stopwatch
from reports.timeline import timeline
from reports.told import Line
from reports.under_way import WATCHING, Live, is_undecided, outlook
from reports.why import owners_why

FILE = "page.html"
UNDECIDED = "NO DECISION"
_IS_BACK = "It was rolled back, and zero is proven: mend what is named, and begin anew with T-10"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class NothingToShow(Exception):
    """A journal without a run or a verdict: there is no decision to put on a page."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One moment in the row that shows the ramp."""

    name: str
    word: str
    detail: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands on top: the word, why, what is next and who must act."""

    word: str
    why: str
    next_step: str
    who: Line


def write(folder: Path, plan: Plan) -> Path:
    """Writes `page.html` into the run's `folder` and says where. Raises JournalBroken and NothingToShow."""
    return put(folder, render(journal.read(folder), plan))


def put(folder: Path, html: str) -> Path:
    """Whoever reads the page meanwhile sees the one before, whole."""
    page = folder / FILE
    unfinished = page.with_suffix(".tmp")
    unfinished.write_text(html, encoding="utf-8")
    return unfinished.replace(page)


def render(records: Sequence[Mapping[str, Any]], plan: Plan, live: Live | None = None) -> str:
    """The page for `records`; `plan` gives the ramp's stages and the owner's sentences. `live` is what the last look
    saw, while a ramp is conducted. Raises NothingToShow."""
    story, ramp = journal.latest(records), folded(plan, records)
    newest = live.chapter if live and is_undecided(ramp, story, live) else story.newest
    if not story.run or newest is None:
        raise NothingToShow("The journal holds no run with a verdict yet, so there is no page. Run a moment first.")
    zone = story.run.get("time_zone")
    clock = stopwatch(plan, ramp, records, zone)
    others = [chapter for chapter in story.chapters if chapter is not newest and chapter.moment != newest.moment]
    is_decided_here = live is not None and live.moment == newest.moment and newest.decision is not None
    shown = live.chapter if live and is_decided_here else newest
    return _TEMPLATES.get_template(FILE).render(
        run=story.run,
        newest=newest,
        shown=shown,
        decision=newest.decision,
        head=_head(plan, records, newest, live, zone, clock.then),
        beside=_beside(story.run, newest),
        time=_time(newest.at_utc, zone),
        looked=both(datetime.fromisoformat(live.at_utc), zone) if live else None,
        clock=clock if any(record["kind"] == "happened" for record in records) else None,
        cause=root_cause(plan, records, newest.moment, shown.verdicts, newest.at_utc),
        links=_links(story.run),
        happened=list(reversed(timeline(records, plan))),
        steps=_steps(plan, story, newest, live),
        before_zero=[chapter for chapter in others if chapter.moment == "t_minus_10"],
        earlier=[chapter for chapter in reversed(others) if chapter.moment != "t_minus_10"],
        moment_name=lambda moment: moment_name(plan, moment),
        rows=lambda chapter: worst(list(chapter.verdicts)),
        owner_says=lambda verdict: plan.owner_says(verdict.check) if verdict.check in plan.checks else (),
        word_of=_word,
        counts=_counts,
        clock_time=lambda at_utc: f"{datetime.fromisoformat(at_utc):%H:%MZ}",
        both=lambda at_utc: both(datetime.fromisoformat(at_utc), zone),
        chart=chart,
        figures=figures,
        kind=_kind,
    )


def _head(
    plan: Plan, records: Sequence[Mapping[str, Any]], newest: Chapter, live: Live | None, zone: str | None, then: str
) -> Head:
    if newest.decision is not None:
        decision, is_back = newest.decision, folded(plan, records).phase is Phase.ROLLED_BACK
        why = owners_why(plan, decision, worst(list(newest.verdicts))) or decision.reason
        who = acting(plan, records, newest, zone, is_back=is_back)
        return Head(word=_word(newest), why=why, next_step=_IS_BACK if is_back else decision.next_step, who=who)
    if live is not None and live.moment == newest.moment:
        seen = outlook(folded(plan, records), live, records)
        return Head(word=seen.word, why=seen.why, next_step=then, who=Line("Who must act", seen.who))
    why = f"{newest.moment} was not decided: it was interrupted or is still running. Read this as HOLD."
    who = Line("Who must act", "whoever runs this release: run the moment again")
    return Head(word=UNDECIDED, why=why, next_step="keep the traffic where it is", who=who)


def _word(chapter: Chapter) -> str:
    return chapter.decision.action.value if chapter.decision else UNDECIDED


def _kind(word: str) -> str:
    """The style class of a word: `NO DATA` has `no-data`."""
    return word.lower().replace(" ", "-")


def _beside(run: Mapping[str, Any], chapter: Chapter) -> list[Line]:
    """What stands beside the decision: who has heard of it, and what to look at."""
    heard = told.who(chapter.decision, chapter.paged, chapter.carded) if chapter.decision else []
    return [*heard, *told.remarks(run, chapter)]


def _links(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The runbook and the dashboards, where they are addresses that a browser may follow."""
    named = [("Runbook", run.get("runbook_url")), *(run.get("dashboards") or {}).items()]
    return [(name, url) for name, url in named if url and urlsplit(url).scheme in ("http", "https")]


def _time(at_utc: str, zone: str | None) -> str:
    at = datetime.fromisoformat(at_utc)
    return f"{at:%Y-%m-%d} {both(at, zone)}"


def _steps(plan: Plan, story: Story, newest: Chapter, live: Live | None) -> Sequence[Step]:
    """T-10, every stage and whatever else ran or was to run, in the plan's order."""
    chapters = {chapter.moment: chapter for chapter in story.chapters} | {newest.moment: newest}
    named = {"t_minus_10", *(stage.id for stage in plan.stages), *chapters, *story.run.get("moments", ())}
    word = WATCHING if live and newest.decision is None else UNDECIDED
    return [_step(plan, row.id, chapters.get(row.id), newest, word) for row in plan.moments if row.id in named]


def _step(plan: Plan, moment: str, chapter: Chapter | None, newest: Chapter, undecided: str) -> Step:
    name = moment_name(plan, moment)
    if chapter is None:
        why = plan.moment(moment).reason
        return Step(name=name, word="does not apply" if why else "not run", detail=why or "", here=False)
    held = f", held {chapter.held_min:.0f} min" if chapter.held_min is not None else ""
    word = undecided if chapter is newest and chapter.decision is None else _word(chapter)
    return Step(name=name, word=word, detail=_counts(chapter.verdicts) + held, here=chapter is newest)


def _counts(verdicts: Iterable[Verdict]) -> str:
    """`1 RED, 9 GREEN`, worst first."""
    colours = [verdict.colour for verdict in verdicts]
    present = [colour for colour in sorted(Colour, reverse=True) if colour in colours]
    return ", ".join(f"{colours.count(colour)} {colour.word}" for colour in present)
