"""Bringing a run's reports to #ship-room: built, searched for secrets, and uploaded only when nothing was found."""

import base64
import binascii
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

from ramp.masking import scrub
from ramp.plan import Plan
from reports import allure_html, journal, page
from reports.journal import JournalBroken, Story

RESULTS = "allure-results"
REPORT = "allure-report"
LOAD_REPORT = Path("load") / "locust.html"
ZIPPED_OVER_BYTES = 1_000_000

_EMBEDDED = re.compile(r'\bd\("([^"]+)","([A-Za-z0-9+/=]*)"\)')
_LOAD_DATA = "window.templateArgs = "
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_KINDS = {
    "a Stripe key or webhook secret": r"(?:sk|rk|pk|whsec)_",
    "a Slack token": r"xox",
    "an AWS access key": r"AKIA",
    "a JSON Web Token": r"eyJ",
    "a payment card number": r"(?:\d[ -]?){13}",
    "an e-mail address": r"[\w.+-]+@",
}


class NotPublished(Exception):
    """The reports did not go to #ship-room."""


class ReportsNotMade(NotPublished):
    """A report could not be built: the journal is broken or empty, or Allure's generator is missing or failed."""


class UnsafeToPublish(NotPublished):
    """A report holds what looks like a secret or personal data. The sentence names file and kind, never the value."""

    def __init__(self, file: str, kind: str) -> None:
        super().__init__(f"{file} holds {kind}, so nothing was uploaded. Find where it enters and mask it there.")
        self.file = file
        self.kind = kind


class Uploads(Protocol):
    def upload(self, paths: Sequence[Path], comment: str, thread_ts: str | None = None) -> Any: ...


def publish(run_folder: Path, ship_room: Uploads, plan: Plan, *, secrets: Sequence[str] = ()) -> list[Path]:
    """Builds page and Allure report of `run_folder`, uploads both, and Locust's report of the load where there is one,
    into the latest card's thread; says which files.

    Raises ReportsNotMade and UnsafeToPublish; what `ship_room.upload` raises passes through.
    """
    try:
        story = journal.latest(journal.read(run_folder))
        decision_page = page.write(run_folder, plan)
        report = allure_html.build(run_folder / RESULTS, run_folder / REPORT, name=story.run["version"])
    except (JournalBroken, page.NothingToShow, allure_html.NoHtml) as error:
        raise ReportsNotMade(str(error)) from error
    comment, load = _comment(story), [file for file in [run_folder / LOAD_REPORT] if file.exists()]
    texts = [("the comment", comment), *_texts_of_page(decision_page), *_texts_of_report(report)]
    for name, text in [*texts, *(text for file in load for text in _texts_of_load(file))]:
        _refuse_secrets(name, text, tuple(secrets))
    uploaded = [decision_page, _packed(report, run_folder), *load]
    ship_room.upload(uploaded, comment, thread_ts=_thread(run_folder))
    return uploaded


def _comment(story: Story) -> str:
    """What the upload says: the decision again, so that a file never stands without it."""
    newest = story.newest
    said = f"{newest.decision.action} - {newest.decision.reason}" if newest.decision else page.UNDECIDED
    return escape(f"{story.run['version']}, {newest.moment}: {said}", quote=False)


def _thread(run_folder: Path) -> str | None:
    cards = [record for record in journal.read(run_folder) if record["kind"] == "card" and record.get("posted")]
    return cards[-1].get("ts") if cards else None


def _texts_of_page(file: Path) -> Iterator[tuple[str, str]]:
    yield file.name, file.read_text(encoding="utf-8")


def _texts_of_report(file: Path) -> Iterator[tuple[str, str]]:
    """Everything that the run put into Allure's file; the rest is Allure's own program.

    Raises UnsafeToPublish when that cannot be read, for what was not searched is not published.
    """
    embedded = _EMBEDDED.findall(file.read_text(encoding="utf-8"))
    if not any(name.startswith("data/test-results/") for name, _ in embedded):
        raise UnsafeToPublish(file.name, "no results that can be searched for secrets")
    for name, encoded in embedded:
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise UnsafeToPublish(f"{file.name} ({name})", "data that cannot be searched for secrets") from None
        text = raw.decode("utf-8", "replace")
        yield f"{file.name} ({name})", "\n".join(_strings(json.loads(text))) if name.endswith(".json") else text


def _texts_of_load(file: Path) -> Iterator[tuple[str, str]]:
    """Everything that the run put into Locust's file; the rest is Locust's own program. Raises UnsafeToPublish."""
    try:
        embedded = json.JSONDecoder().raw_decode(file.read_text(encoding="utf-8").split(_LOAD_DATA)[1])[0]
    except (IndexError, ValueError):
        raise UnsafeToPublish(file.name, "no data that can be searched for secrets") from None
    yield file.name, "\n".join(_strings(embedded))


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value: its numbers are times and counts, which look like card numbers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _refuse_secrets(file: str, text: str, secrets: tuple[str, ...]) -> None:
    text = _UUID.sub("", text)
    clean = scrub(text, secrets)
    if clean == text:
        return
    found = text[next(at for at, (raw, masked) in enumerate(zip(text, clean + "\0", strict=False)) if raw != masked) :]
    kinds = (kind for kind, shape in _KINDS.items() if re.match(shape, found))
    raise UnsafeToPublish(file, next(kinds, "a credential"))


def _packed(report: Path, run_folder: Path) -> Path:
    """The report under a name that says what it is, zipped when it is large."""
    if report.stat().st_size <= ZIPPED_OVER_BYTES:
        return report.rename(report.with_name("allure-report.html"))
    packed = run_folder / "allure-report.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(report, "allure-report.html")
    return packed
