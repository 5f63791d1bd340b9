"""What a message in the ship room's thread says: GO, HOLD, ROLLBACK or ACK, however a phone dressed it up.

Case, blanks, a dot or comma at the end of a word, quotes, bold, code, emoji and mentions do not matter. What is struck
out or quoted from another message is not said.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

from ramp.happened import Word

TEXT_CHARACTERS_MAX = 4000
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_IN_BRACKETS = re.compile(r"<(?:[@#!][^<>]*|[a-z]+:[^<>|]*\|([^<>]*))>")  # a mention, a channel, or a link's own words
_EMOJI = re.compile(r":[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?")
_DRESS = re.compile("[*_`\"'“”„‟‘’‚‛«»‹›.,;!…\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f]")
_LABEL, _CODE = re.compile(r"[A-Z+-]*[0-9]+%?"), re.compile("[0-9A-Z]{6}")  # "go for it" is no sign-off
_BACK = (["ROLLBACK"], ["ROLL", "BACK"], ["ROLL-BACK"])


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """`label` and `code` are those of a sign-off, "GO 50 K7M4QX"; empty where none is said. `is_plain` is whether
    nothing but the word, or the whole sign-off, was said."""

    word: Word
    label: str = ""
    code: str = ""
    is_plain: bool = True


def spoken(text: str) -> Spoken | None:
    """What `text`, as Slack's API gives it, says; None for what begins with none of the words."""
    words = _words(text)
    if not words:
        return None
    if words in _BACK:
        return Spoken(word=Word.ROLLBACK)
    if words[0] == "ROLLBACK" or words[:2] == ["ROLL", "BACK"]:
        return Spoken(word=Word.ROLLBACK, is_plain=False)
    if words[0] in ("HOLD", "ACK"):
        return Spoken(word=Word(words[0]), is_plain=len(words) == 1)
    if words[0] != "GO":
        return None
    if len(words) == 3 and _LABEL.fullmatch(words[1]) and _CODE.fullmatch(words[2]):
        return Spoken(word=Word.GO, label=words[1].removesuffix("%"), code=words[2])
    return Spoken(word=Word.GO, is_plain=len(words) == 1)


def _words(text: str) -> list[str]:
    """The words in capitals, without what they are dressed in. A line that quotes another message keeps its mark."""
    bare = unescape(_IN_BRACKETS.sub(lambda found: f" {found[1] or ''} ", text[:TEXT_CHARACTERS_MAX]))
    bare = unicodedata.normalize("NFKC", bare).translate(_DASHES)
    bare = _EMOJI.sub(" ", bare)
    kept = "".join(" " if unicodedata.category(each) in ("So", "Sk", "Cf") else each for each in bare)
    return _DRESS.sub("", kept).upper().split()
