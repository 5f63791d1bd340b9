"""What pytest tells of a check, masked before anybody sees it: terminal, JUnit, xdist's controller."""

import json
import re
from collections.abc import Callable, Generator
from typing import Any

import pytest

from ramp.privacy.masking import scrub, scrubbed
from reports.verdicts import PROPERTY

_BROKEN_STRING = re.compile(r"""(['"])\n[E+?-]?[+? -]*b?\1""")  # as pprint wraps it, perhaps within a value


class MaskedReports:
    """A plugin that masks what the others made of a report."""

    def __init__(self, secrets: Callable[[], tuple[str, ...]]) -> None:
        self._secrets = secrets

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The outermost."""
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


class BareTracebacks:
    """A plugin: a traceback shows no arguments and no local values, whoever takes a copy of the report."""

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The innermost: before Allure reads it."""
        report = yield
        _strip(report.longrepr)
        return report


def mask_reports(config: pytest.Config, secrets: Callable[[], tuple[str, ...]]) -> None:
    """From here on; `secrets` gives the values to mask by name, which may be known only once the run has begun."""
    config.pluginmanager.register(BareTracebacks(), "shiproom-bare-tracebacks")
    config.pluginmanager.register(MaskedReports(secrets), "shiproom-masking")


def _strip(longrepr: Any) -> None:
    for traceback, *_ in getattr(longrepr, "chain", ()):
        for entry in traceback.reprentries:
            entry.reprfuncargs = entry.reprlocals = None


def _masked_traceback(longrepr: Any, known: tuple[str, ...]) -> Any:
    """As text, long strings in one piece; a skip is (file, line, reason)."""
    if isinstance(longrepr, tuple):
        return tuple(scrub(each, known) if isinstance(each, str) else each for each in longrepr)
    _strip(longrepr)
    return scrub(_BROKEN_STRING.sub("", str(longrepr)), known)


def _masked_property(name: str, value: object, known: tuple[str, ...]) -> object:
    if name == PROPERTY:
        return json.dumps(scrubbed(json.loads(str(value)), known), ensure_ascii=False)
    return scrub(value, known) if isinstance(value, str) else value
