"""What an operator says by a command while another process conducts: HOLD, RESUME, ROLLBACK, in a file of the run."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ramp.happened import Word
from ramp.privacy.masking import scrubbed

FILE = "words.jsonl"


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """`more` is what the command found, such as what came of a rollback."""

    word: Word
    by: str
    at_utc: str
    more: dict[str, Any]


def say(folder: Path, word: Word, by: str, **more: Any) -> None:
    """Adds a word at one go, whoever else adds one. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"word": word.value, "by": by, "at_utc": datetime.now(UTC).isoformat(timespec="seconds"), **scrubbed(more)}
    with (folder / FILE).open("ab") as file:
        file.write(json.dumps(said, separators=(",", ":")).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


class Words:
    """The words of a run, each once, from the first that is not heard yet."""

    def __init__(self, folder: Path, heard: int = 0) -> None:
        self._file = folder / FILE
        self.heard = heard

    def new(self) -> Iterator[Spoken]:
        """What nobody can read holds: it was meant to say something. A line that is still being written is left."""
        lines = self._file.read_bytes().split(b"\n")[:-1] if self._file.exists() else []
        for line in lines[self.heard :]:
            self.heard += 1
            yield _spoken(line)


def _spoken(line: bytes) -> Spoken:
    try:
        said = json.loads(line)
        word, by, at_utc = Word(said.pop("word")), str(said.pop("by")), str(said.pop("at_utc"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Spoken(word=Word.HOLD, by="a line of words.jsonl that cannot be read", at_utc="", more={})
    return Spoken(word=word, by=by, at_utc=at_utc, more=said)
