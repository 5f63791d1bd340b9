"""What pytest tells of a check, masked before anybody sees it: terminal, JUnit, xdist's controller."""

import json
from collections.abc import Callable, Generator
from typing import Any

import pytest

from ramp.privacy.masking import scrub, scrubbed
from reports.verdicts import PROPERTY


class MaskedReports:
    """A plugin; `secrets` gives the values to mask by name, which may be known only once the run has begun."""

    def __init__(self, secrets: Callable[[], tuple[str, ...]]) -> None:
        self._secrets = secrets

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The outermost: it masks what the others made of the report. A traceback shows no arguments."""
        report = yield
        known = self._secrets()
        if report.longrepr is not None:
            report.longrepr = _masked_traceback(report.longrepr, known)
        report.sections = [(scrub(name, known), scrub(text, known)) for name, text in report.sections]
        report.user_properties = [
            (name, _masked_property(name, value, known)) for name, value in report.user_properties
        ]
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if report.longrepr is not None:
            report.longrepr = _masked_traceback(report.longrepr, self._secrets())
        return report


def _masked_traceback(longrepr: Any, known: tuple[str, ...]) -> Any:
    """As text; a skip is (file, line, reason)."""
    if isinstance(longrepr, tuple):
        return tuple(scrub(each, known) if isinstance(each, str) else each for each in longrepr)
    for traceback, *_ in getattr(longrepr, "chain", ()):
        for entry in traceback.reprentries:
            entry.reprfuncargs = entry.reprlocals = None
    return scrub(str(longrepr), known)


def _masked_property(name: str, value: object, known: tuple[str, ...]) -> object:
    if name == PROPERTY:
        return json.dumps(scrubbed(json.loads(str(value)), known), ensure_ascii=False)
    return scrub(value, known) if isinstance(value, str) else value
