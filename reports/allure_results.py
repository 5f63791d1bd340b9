"""Allure results of checks: labelled by release, moment and check, titled by the verdict, and masked when written."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import allure
import allure_commons
import attr
import pytest
from allure_commons.logger import AllureFileLogger

from ramp.plan import Plan
from ramp.privacy.masking import scrub
from ramp.release import Release
from ramp.verdict import Colour, Verdict
from reports.figures import headline

VERDICT_LABEL = "verdict"
_BREAKS = re.compile(r"[\\\r\n]")
_LINKS_BETWEEN_FILES = {"uuid", "historyId", "testCaseId", "source", "children"}


class MaskingFileLogger(AllureFileLogger):
    """Allure's own writer, which scrubs every string and every text attachment before it reaches the disk."""

    secrets: Callable[[], tuple[str, ...]]

    def _report_item(self, item: Any) -> None:
        super()._report_item(_masked(item, self.secrets()))

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        super().report_attached_data(_masked_body(body, self.secrets()), file_name)

    @allure_commons.hookimpl
    def report_attached_file(self, source: str, file_name: str) -> None:
        super().report_attached_data(_masked_body(Path(source).read_bytes(), self.secrets()), file_name)


def install_masking(config: pytest.Config, secrets: Callable[[], tuple[str, ...]] = tuple) -> None:
    """Makes Allure mask what it writes in this process; call it in a `pytest_configure(trylast=True)`. `secrets` gives
    the values to mask by name, which may be known only once the run has begun.

    Does nothing without `--alluredir`. Raises UsageError when Allure's writer cannot be found, for nothing may be
    written in clear text. The registered instance must stay the same: Allure unregisters it by identity at the end.
    """
    if not config.getoption("allure_report_dir", None):
        return
    manager = allure_commons.plugin_manager
    writers = [plugin for plugin in manager.get_plugins() if isinstance(plugin, AllureFileLogger)]
    if not writers:
        raise pytest.UsageError(
            "Allure's results cannot be masked: its file writer was not found. Run without --alluredir, "
            "or install the allure-pytest version that pyproject.toml names."
        )
    for writer in writers:
        manager.unregister(writer)
        writer.__class__ = MaskingFileLogger
        cast(MaskingFileLogger, writer).secrets = secrets
        manager.register(writer)


def label(plan: Plan, release: Release, check: str, moment: str, doc: str | None) -> None:
    """Labels the test that runs now. Call it in the call phase: Allure overwrites the description until then.

    The moment is a parameter, so that one check keeps a history of its own at each moment; values never are.
    """
    row = plan.checks[check]
    literal = row.source != "assumption"
    allure.dynamic.epic(release.version)
    allure.dynamic.feature(moment)
    allure.dynamic.story(check)
    allure.dynamic.severity(allure.severity_level.CRITICAL if literal else allure.severity_level.NORMAL)
    allure.dynamic.tag(*row.ids)
    allure.dynamic.parameter("moment", moment)
    quotes = "\n\n".join(f"> {sentence}" for sentence in plan.owner_says(check))
    allure.dynamic.description("\n\n".join(part for part in ((doc or "").strip(), quotes) if part))


def settle(verdict: Verdict) -> None:
    """Puts the verdict of the test that runs now into its title, a label and, with its notes, an attachment."""
    allure.dynamic.title(headline(verdict))
    allure.dynamic.label(VERDICT_LABEL, verdict.colour.word)
    text = "\n".join((verdict.reason, *(f"- {note}" for note in verdict.notes)))
    allure.attach(text, name="reason and notes", attachment_type=allure.attachment_type.TEXT)


def write_context(results: Path, run: Mapping[str, Any]) -> None:
    """Writes what Allure shows about the whole run, from the journal's `run` record; the controller calls it once."""
    results.mkdir(parents=True, exist_ok=True)
    facts = {name: run[name] for name in ("version", "commit", "target", "scenario", "speed", "run_id") if name in run}
    lines = [f"{name}={_BREAKS.sub(' ', scrub(str(value)))}\n" for name, value in facts.items()]
    (results / "environment.properties").write_text("".join(lines), encoding="utf-8")
    executor = {"name": "shiproom", "type": "shiproom", "buildName": run["run_id"], "reportName": run["version"]}
    (results / "executor.json").write_text(json.dumps(executor), encoding="utf-8")
    # A passed test has no message to match: Allure 3 finds YELLOW by its label instead, see allurerc.mjs.
    categories = [
        {"name": colour.word, "matchedStatuses": ["failed", "broken"], "messageRegex": rf"(?s).*\b{colour.word}\b.*"}
        for colour in (Colour.RED, Colour.NO_DATA)
    ]
    (results / "categories.json").write_text(json.dumps(categories), encoding="utf-8")


def _masked(value: Any, secrets: tuple[str, ...]) -> Any:
    """A copy of an item of Allure's model with every string scrubbed but the ids that link files to each other."""
    if isinstance(value, str):
        return scrub(value, secrets)
    if isinstance(value, list | tuple):
        return [_masked(inner, secrets) for inner in value]
    if not attr.has(type(value)):
        return value
    names = [field.name for field in attr.fields(type(value)) if field.name not in _LINKS_BETWEEN_FILES]
    return attr.evolve(value, **{name: _masked(getattr(value, name), secrets) for name in names})


def _masked_body(body: str | bytes, secrets: tuple[str, ...]) -> bytes:
    """Text scrubbed; a picture (it holds a zero byte, text does not) as it is."""
    raw = body.encode() if isinstance(body, str) else body
    if b"\0" in raw:
        return raw
    return scrub(raw.decode("utf-8", "surrogateescape"), secrets).encode("utf-8", "surrogateescape")
