"""What a word before it calls a value in running text: `SSN 123456789`, `born on 2012-03-04`, `student Maria Lopez`."""

import re
from collections.abc import Iterator, Set

from ramp.privacy import names, values
from ramp.privacy.kinds import Kind
from ramp.privacy.vocabulary import words

_GLUE = r"(?:\s(?:is|was|no\.?|number|num|nr\.?|of|on|at|to|for|as|set|updated|changed|id)(?!\w))*\s?[:=#]?\s?[\"'\[]?"
# The words that such labels begin with, each label, and its kind.
_LABELS: tuple[tuple[str, str, Kind], ...] = (
    ("ssn social nino", r"ssn|social security(?: number| no\.?)?|nino", Kind.SSN),
    (
        "dob birth birthdate birthday born geboren nacido nacida née né date",
        r"dob|date of birth|birth ?date|birth ?day|born|geboren am|nacid[oa] el|née? le",
        Kind.DOB,
    ),
    (
        """phone telephone cellphone tel mobile cell fax call called calling callback dial dialed dialled dialing
        dialling text texted sms otp code message whatsapp contact reached caller ring rang""",
        r"(?:sms|text|otp|code|message|call|fax)(?: \w{2,10})? to|"
        r"(?:tele|cell|mobile )?phone|tel\.?|mobile|cell|fax|call(?:ed|ing|back)?|dial(?:ed|led|ing|ling)?|"
        r"text(?:ed)?|sms|whatsapp|contact|reached|caller|r[ia]ng",
        Kind.PHONE,
    ),
    (
        "student pupil learner matriculation matric enrolment enrollment upn roll",
        r"(?:student|pupil|learner) ?(?:id|number|no\.?|num|nr\.?|#|code)|matriculation|matric|enroll?ment|upn|roll",
        Kind.STUDENT_ID,
    ),
    (
        "device imei udid mac idfa advertising android",
        r"device id|imei|udid|mac address|idfa|advertising id|android id",
        Kind.DEVICE_ID,
    ),
    ("card pan", r"card|credit card|debit card|pan", Kind.PAN),
)
LABELS = tuple(
    (words(first), re.compile(rf"(?i)(?<![\w.-])(?:{label})(?!\w){_GLUE}(?=[\w+(#])"), kind)
    for first, label, kind in _LABELS
)
_DESTINATION_WORDS = words("""
    deliver delivered delivery ship shipped shipping mailed lives live resides residing parcel visit""")
_DESTINATION = re.compile(
    r"(?i)(?<!\w)(?:(?:deliver(?:y|ed)?|ship(?:ped|ping)?|mailed|parcel)(?: \w{1,12})? to|"
    r"(?:lives?|resid(?:es|ing)|visit) at)[: ]{1,2}"
)
_ROLES = (
    "student|pupil|learner|child|parent|guardian|teacher|tutor|instructor|patient|customer|mother|father|user|applicant|"
    "mr|mrs|ms|miss|dr|prof|dear|hi|hello|herr|frau|mme|sr|sra|named"
)
_ROLE_WORDS = frozenset(_ROLES.split("|"))
_PERSON = re.compile(rf"(?<![\w.-])(?i:{_ROLES})\.?,? (?=[^\W\d_a-z])")
_TWO_CAPITALS = re.compile(r"(?<!\w)[^\W\d_a-z]\w*+[.'’-]?\w*+ (?:\w{1,3} ){0,2}[^\W\d_a-z]")
_VALUE_LENGTH_MAX = 80
_PHONE_DIGITS_MIN = 8


_ANY_LABEL = frozenset[str]().union(*(first for first, _, _ in LABELS))


def labelled(text: str, within: Set[str]) -> Iterator[tuple[Kind, tuple[int, int]]]:
    """Values behind a word that says what they are; `within` are the words of `text`, in lower case."""
    if _ANY_LABEL.isdisjoint(within):
        return
    for first, label, kind in LABELS:
        if first.isdisjoint(within):
            continue
        for match in label.finditer(text):
            end = min(len(text), match.end() + _VALUE_LENGTH_MAX)
            span = values.BY_KIND[kind](values.Place(text, match.end(), end, False, False, True))
            if span and not values.is_masked(text[span[0] : span[1]]) and _is_enough(kind, text[span[0] : span[1]]):
                yield kind, span


def _is_enough(kind: Kind, value: str) -> bool:
    """Behind a verb such as `text` a few digits are no number to call."""
    return kind is not Kind.PHONE or sum(map(str.isdigit, value)) >= _PHONE_DIGITS_MIN


def people(text: str, within: Set[str]) -> Iterator[tuple[int, int]]:
    """Full names behind a word for a person."""
    if _ROLE_WORDS.isdisjoint(within) or _TWO_CAPITALS.search(text) is None:
        return
    for match in _PERSON.finditer(text):
        end = min(len(text), match.end() + _VALUE_LENGTH_MAX)
        span = names.name_at(text, match.end(), end, sure=False, is_quoted=False, is_word=False)
        if span:
            yield span


def destinations(text: str, within: Set[str]) -> Iterator[tuple[int, int]]:
    """Postal addresses behind a word for where something or somebody goes."""
    if _DESTINATION_WORDS.isdisjoint(within):
        return
    for match in _DESTINATION.finditer(text):
        end = min(len(text), match.end() + 2 * _VALUE_LENGTH_MAX)
        span = names.address_at(text, match.end(), end, sure=False, is_quoted=False)
        if span:
            yield span
