"""JUnit's file, masked once more when pytest has written it: not all of it comes from reports."""

from collections.abc import Callable, Generator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ramp.privacy.masking import scrub


class MaskedJUnit:
    """A plugin for `file`; `secrets` gives the values to mask by name."""

    def __init__(self, file: Path, secrets: Callable[[], tuple[str, ...]]) -> None:
        self._file = file
        self._secrets = secrets

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        yield
        if self._file.exists():
            tree = ElementTree.parse(self._file)  # noqa: S314  pytest has just written it
            for element in tree.iter():
                self._mask(element)
            tree.write(self._file, encoding="utf-8", xml_declaration=True)

    def _mask(self, element: ElementTree.Element) -> None:
        known = self._secrets()
        for name, value in element.attrib.items():
            element.set(name, scrub(value, known))
        element.text = scrub(element.text, known) if element.text else element.text
