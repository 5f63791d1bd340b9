"""Bringing a run's reports to #ship-room: built, searched for secrets, and uploaded only when nothing was found."""

import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

from ramp.plan import Plan
from reports import allure_html, journal, page
from reports.allure_decision import report_name, write_decisions
from reports.journal import Chapter, JournalBroken
from reports.searched import refuse_known, refuse_secrets, texts_of_load, texts_of_page, texts_of_report
from reports.searched_files import refuse_files

RESULTS = "allure-results"
REPORT = "allure-report"
LOAD_REPORT = Path("load") / "locust.html"
ZIPPED_OVER_BYTES = 1_000_000


class NotPublished(Exception):
    """The reports did not go to #ship-room."""


class ReportsNotMade(NotPublished):
    """A report could not be built: the journal is broken or empty, or Allure has no results to tell."""


class Uploads(Protocol):
    def upload(self, paths: Sequence[Path], comment: str, thread_ts: str | None = None) -> Any: ...


def publish(
    run_folder: Path,
    ship_room: Uploads,
    plan: Plan,
    *,
    secrets: Sequence[str] = (),
    say: Callable[[str], None] = lambda said: None,
) -> list[Path]:
    """Builds page and Allure report of `run_folder`, searches every file of it, and uploads both, and Locust's report
    of the load where there is one, into the latest card's thread; says which files. Where the report cannot be made of
    Allure's results, they go themselves, and that is said.

    Raises ReportsNotMade and UnsafeToPublish; what `ship_room.upload` raises passes through.
    """
    try:
        story = journal.latest(journal.read(run_folder))
        decision_page = page.write(run_folder, plan)
        allure_html.must_have_results(run_folder / RESULTS)
        write_decisions(run_folder / RESULTS, story.run, story.chapters)
        report, lacking = _report(run_folder, report_name(story.run, story.newest))
    except (JournalBroken, page.NothingToShow, allure_html.NoResults) as error:
        raise ReportsNotMade(str(error)) from error
    if story.newest is None:
        raise ReportsNotMade(f"{run_folder} holds no verdict")
    said = _said(story.run["version"], story.newest) + (f" (without the Allure report: {lacking})" if lacking else "")
    load = [file for file in [run_folder / LOAD_REPORT] if file.exists()]
    texts = [("the comment", said), *texts_of_page(decision_page), *(texts_of_report(report) if report else ())]
    for name, text in [*texts, *(text for file in load for text in texts_of_load(file))]:
        refuse_secrets(name, text, tuple(secrets))
    uploaded = [decision_page, _packed(report, run_folder) if report else _packed_results(run_folder), *load]
    for file in uploaded:
        refuse_known(file.name, file.read_bytes(), tuple(secrets))
    refuse_files(run_folder, tuple(secrets))
    ship_room.upload(uploaded, escape(said, quote=False), thread_ts=_thread(run_folder))
    if lacking:
        say(f"Without the Allure report: {lacking}")
    return uploaded


def _report(run_folder: Path, name: str) -> tuple[Path | None, str | None]:
    """Allure's report, or why there is none. Raises NoResults where there is nothing to make it of."""
    try:
        return allure_html.build(run_folder / RESULTS, run_folder / REPORT, name=name), None
    except allure_html.NoResults:
        raise
    except allure_html.NoHtml as missing:
        return None, str(missing)


def _said(version: str, newest: Chapter) -> str:
    """What the upload says: the decision again, so that a file never stands without it."""
    said = f"{newest.decision.action} - {newest.decision.reason}" if newest.decision else page.UNDECIDED
    return f"{version}, {newest.moment}: {said}"


def _thread(run_folder: Path) -> str | None:
    cards = [record for record in journal.read(run_folder) if record["kind"] == "card" and record.get("posted")]
    return cards[-1].get("ts") if cards else None


def _packed_results(run_folder: Path) -> Path:
    """What Allure makes its report of, for whoever has Allure."""
    packed = run_folder / "allure-results.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted((run_folder / RESULTS).iterdir()):
            archive.write(file, f"{RESULTS}/{file.name}")
    return packed


def _packed(report: Path, run_folder: Path) -> Path:
    """The report under a name that says what it is, zipped when it is large."""
    if report.stat().st_size <= ZIPPED_OVER_BYTES:
        return report.rename(report.with_name("allure-report.html"))
    packed = run_folder / "allure-report.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(report, "allure-report.html")
    return packed
