"""Lines of a file in order: an OTLP attribute of indented JSON has its key on one line and its value on a later one."""

import re

from ramp.privacy.kinds import Found
from ramp.privacy.scanner import findings

_KEY = re.compile(r'\{?\s{0,4}"key"\s{0,4}:\s{0,4}"([\w.\-\[\] ]{1,80})"\s{0,4},?')
_BRACKETS = re.compile(r'(?:"(?:value|values|arrayValue|kvlistValue)"\s{0,4}:\s{0,4})?[\[\]{},\s]{0,16}')
_VALUE = re.compile(r'"(?:string|int|double|bytes)Value"\s{0,4}:')


class Lines:
    """What stands in each line of one file, given in order."""

    def __init__(self) -> None:
        self._key: str | None = None

    def findings(self, line: str, year: int | None = None) -> list[Found]:
        """As `scanner.findings`; a value that stands alone is judged by the key before it."""
        if self._key is None and '"key"' not in line:
            return findings(line, year)
        bare = line.strip()
        if self._key is not None and _VALUE.match(bare):
            return self._of_value(self._key, line, year)
        if key := _KEY.fullmatch(bare):
            self._key = key[1]
        elif not _BRACKETS.fullmatch(bare):
            self._key = None
        return findings(line, year)

    def _of_value(self, key: str, line: str, year: int | None) -> list[Found]:
        """The key stays: a list has further values."""
        before, indent = f'"key":"{key}","value":{{', len(line) - len(line.lstrip())
        moved = indent - len(before)
        return [
            one._replace(start=one.start + moved, end=one.end + moved)
            for one in findings(before + line[indent:], year)
            if one.start >= len(before)
        ]
