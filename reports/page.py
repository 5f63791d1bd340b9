"""One self-contained page from the journal: the decision first, then the ramp, the gates and what was assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ramp.plan import Plan
from ramp.verdict import Colour, Verdict, worst
from reports import journal, told
from reports.chart import chart
from reports.figures import figures
from reports.journal import Chapter, Story
from reports.told import Line

FILE = "page.html"
UNDECIDED = "NO DECISION"
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


def write(folder: Path, plan: Plan) -> Path:
    """Writes `page.html` into the run's `folder` and says where. Raises JournalBroken and NothingToShow."""
    html = render(journal.read(folder), plan)
    page = folder / FILE
    unfinished = page.with_suffix(".tmp")
    unfinished.write_text(html, encoding="utf-8")
    return unfinished.replace(page)


def render(records: Iterable[Mapping[str, Any]], plan: Plan) -> str:
    """The page for `records`; `plan` gives the ramp's stages and the owner's sentences."""
    story = journal.latest(records)
    if not story.run or story.newest is None:
        raise NothingToShow("The journal holds no run with a verdict yet, so there is no page. Run a moment first.")
    newest = story.newest
    others = [chapter for chapter in story.chapters if chapter is not newest]
    return _TEMPLATES.get_template(FILE).render(
        run=story.run,
        newest=newest,
        decision=newest.decision,
        word=_word(newest),
        beside=_beside(story.run, newest),
        time=_time(newest.at_utc),
        steps=_steps(plan, story),
        before_zero=[chapter for chapter in others if chapter.moment == "t_minus_10"],
        earlier=[chapter for chapter in reversed(others) if chapter.moment != "t_minus_10"],
        moment_name=lambda moment: _moment_name(plan, moment),
        rows=lambda chapter: worst(list(chapter.verdicts)),
        owner_says=lambda verdict: plan.owner_says(verdict.check) if verdict.check in plan.checks else (),
        word_of=_word,
        counts=_counts,
        chart=chart,
        figures=figures,
        kind=_kind,
    )


def _word(chapter: Chapter) -> str:
    return chapter.decision.action.value if chapter.decision else UNDECIDED


def _kind(word: str) -> str:
    """The style class of a word: `NO DATA` has `no-data`."""
    return word.lower().replace(" ", "-")


def _beside(run: Mapping[str, Any], chapter: Chapter) -> list[Line]:
    """What stands beside the decision: who must act or has heard of it, what to look at, and how to roll back."""
    if chapter.decision is None:
        who = [Line("Who must act", "whoever runs this release: run the moment again")]
    else:
        who = told.who(chapter.decision, chapter.paged, chapter.carded) or [Line("Who must act", "nobody has to act")]
    return [*who, *told.remarks(run, chapter), Line("Rollback", told.rollback(run))]


def _time(at_utc: str) -> str:
    return at_utc[:16].replace("T", " ") + " UTC"


def _moment_name(plan: Plan, moment: str) -> str:
    share = next((row.traffic_pct for row in plan.moments if row.id == moment), None)
    return f"{share} %" if share else moment.replace("t_minus_", "T-").replace("go_plus_", "GO+").replace("_", " ")


def _steps(plan: Plan, story: Story) -> Sequence[Step]:
    """T-10, every stage and whatever else ran or was to run, in the plan's order."""
    chapters = {chapter.moment: chapter for chapter in story.chapters}
    named = {"t_minus_10", *(stage.id for stage in plan.stages), *chapters, *story.run.get("moments", ())}
    return [_step(plan, moment.id, chapters.get(moment.id), story) for moment in plan.moments if moment.id in named]


def _step(plan: Plan, moment: str, chapter: Chapter | None, story: Story) -> Step:
    name = _moment_name(plan, moment)
    if chapter is None:
        why = plan.moment(moment).reason
        return Step(name=name, word="does not apply" if why else "not run", detail=why or "", here=False)
    held = f", held {chapter.held_min:.0f} min" if chapter.held_min is not None else ""
    return Step(name=name, word=_word(chapter), detail=_counts(chapter.verdicts) + held, here=chapter is story.newest)


def _counts(verdicts: Sequence[Verdict]) -> str:
    """`1 RED, 9 GREEN`, worst first."""
    colours = [verdict.colour for verdict in verdicts]
    present = [colour for colour in sorted(Colour, reverse=True) if colour in colours]
    return ", ".join(f"{colours.count(colour)} {colour.word}" for colour in present)
