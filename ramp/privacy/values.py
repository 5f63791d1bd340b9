"""What a value must look like to be what its key says: dates of birth, names, addresses, numbers of students and
devices, secrets. Where a value ends is told by its own shape, for a log line need not say."""

import re
from typing import NamedTuple

from stdnum import imei
from stdnum.exceptions import ValidationError
from stdnum.us import itin, ssn

from ramp.privacy import detectors, names
from ramp.privacy.kinds import Kind
from ramp.privacy.vocabulary import words

VALUE_LENGTH_MAX = 600


class Place(NamedTuple):
    """Where a value stands in `text`: `end` is that of its quotes, or the furthest that it can reach. `is_word` is
    whether it cannot hold a space, as behind `=` in logfmt; `sure` whether its key names the kind outright."""

    text: str
    start: int
    end: int
    is_quoted: bool
    is_word: bool
    sure: bool

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]


Ends = tuple[int, int] | None

_MASKED = re.compile(
    r"(?i)^[\W_]*$|^[x*•#█._-]{3,}$|[*•█]{3,}|x{5,}|^[<\[({]{0,2}(?:\w{1,12}[ _])?"
    r"(?:filtered|redacted|masked|removed|hidden|omitted|suppressed|scrubbed|encrypted|hashed|sanitized|anonymi[sz]ed)\b"
    r"|^(?:your|my|some|insert|enter|replace)[-_ ].{0,40}|^(?:change[-_]?me|placeholder|example|dummy|todo|tbd|test)$"
    r"|^(?:null|none|nil|undefined|true|false|n/?a|unknown|empty|unset|string|\(null\)|\$\{.*|\{\{.*|%\(\w+\)[a-z]|%[sdrvq]|<[^>]*>)$"
)
_TAGGED = re.compile(rf"\[(?:{'|'.join(Kind)})(?: [0-9a-f]{{4}})?(?:\]|$)")  # `tags.tagged`, or its first word
_MONTH = r"[^\W\d_]{3,10}\.?"
_CLOCK = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(
    rf"(?P<y>(?:18|19|20)\d\d)(?P<s>[-/. ])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_CLOCK}(?!\d)"
    rf"|(?P<a>\d{{1,2}})(?P<t>[-/. ]|\. )(?P<b>\d{{1,2}})(?P=t)(?P<y2>(?:18|19|20)\d\d){_CLOCK}(?!\d)"
    rf"|(?P<y3>(?:19|20)\d\d)(?P<m3>[01]\d)(?P<d3>[0-3]\d)(?![\d])"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?[ -](?:of |de |d')?{_MONTH},?[ -](?:de |of )?(?P<y4>(?:18|19|20)\d\d)(?!\d)"
    rf"|\d{{1,2}}[A-Za-z]{{3}}(?P<y8>(?:18|19|20)\d\d)(?!\w)"
    rf"|{_MONTH}[ -]\d{{1,2}}(?:st|nd|rd|th)?,?[ -](?P<y5>(?:18|19|20)\d\d)(?!\d)"
    r"|(?:datetime\.)?date(?:time)?\((?P<y6>(?:18|19|20)\d\d), ?\d{1,2}, ?\d{1,2}[^)]{0,24}\)"
    r"|(?P<y7>(?:19|20)\d\d)年\d{1,2}月\d{1,2}日"
    r"|(?P<a8>\d{1,2})[/.-](?P<b8>\d{1,2})[/.-]\d{2}(?![\d/.-])"
    r"|-?\d{9,13}(?![\w.-])"
)
_YEARS = ("y", "y2", "y3", "y4", "y5", "y6", "y7", "y8")
_WRAPPED = re.compile(r"(?:~D\[|(?:new |ISO)?Date\(|Timestamp\()[\"']?")
_MINUTES = re.compile(r"[T ]\d{2}:(?!00(?::00)?(?:\.0+)?(?![\d:.]))")
_RECENT_EPOCH = re.compile(r"(?:1[6-9]|[2-9]\d)\d{8}(?:\d{3})?")
_STUDENT = re.compile(r"#?(?P<id>[A-Za-z0-9](?:[A-Za-z0-9]|[-_./](?=[A-Za-z0-9])){3,23}+)(?![\w@])")
_DEVICE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_:.](?=[A-Za-z0-9])){7,63}+(?![\w@])")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_HOST_LIKE = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[\w-]+(?:\.[\w-]+)+(?::\d+)?$|/|\d{4}-\d\d-\d\d|v?\d+\.\d+")
_SSN = re.compile(r"\d{3}[- .]?\d{2}[- .]?\d{4}(?![\w-])")
_NINO = re.compile(r"(?i)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D](?!\w)")
_SIN = re.compile(r"\d{3}[- ]\d{3}[- ]\d{3}(?![\w-])")
_SECRET = re.compile(r"[^\s\"'`,;&<>(){}\[\]|]{3,512}+")
_NO_TOKEN = re.compile(rf"{_UUID.pattern}$|[\w-]+(?:\.[A-Za-z_][\w$-]*){{2,}}|[\w.-]*@|\d{{4}}-\d\d")
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|digest|apikey|bot|key|aws4-hmac-sha256)\s{1,2}(?:token=)?")
_ABOUT_SECRET = re.compile(
    r"(?i)\b(?:must|should|blank|short|long|required|invalid|incorrect|least|characters?|match(?:es)?|cannot|can't|not|is|are|"
    r"was|has|have|been|will|please|your|expired|failed|changed|reset|wrong|weak|missing|empty|for|the)\b"
)
_NO_SECRET = words("""
    is must required invalid incorrect expired changed reset too cannot not should missing ok valid failed updated and
    for has was field mismatch wrong blank empty unset set yes no can does may never accepted rejected hashed the a an
    to from in on with does or of string object function bearer basic token password authentication header auth
    verification confirmation policy length hash value optional default enabled disabled success failure error request
    response null none nil undefined true false required, enter forgot strength check rotated created deleted revoked
    refreshed refresh issued generated verified provided present found type jwt oauth oauth2 expires""")


def dob(at: Place) -> Ends:
    wrapped = _WRAPPED.match(at.text, at.start, at.end)
    match = _DATE.match(at.text, wrapped.end() if wrapped else at.start, at.end)
    if match is None or _MINUTES.search(match.group()) or _RECENT_EPOCH.fullmatch(match.group()):
        return None  # to the minute, or since 2020: the birth of a process or a file
    for day, month in (("a", "b"), ("a8", "b8"), ("d", "m"), ("d3", "m3")):
        if match[day]:
            first, second = sorted((int(match[day]), int(match[month])))
            if not (1 <= first <= 12 and second <= 31):
                return None
    return match.span()


def year_of(value: str) -> int | None:
    """The year of a date of birth, where it is written out."""
    match = _DATE.match(value)
    return int(next((match[name] for name in _YEARS if match[name]), 0)) or None if match else None


def student_id(at: Place) -> Ends:
    match = _STUDENT.match(at.text, at.start, at.end)
    if match is None or (at.is_quoted and match.end() != at.end):
        return None
    value = match["id"]
    digits = sum(map(str.isdigit, value))
    if digits < 3 or _UUID.match(value) or _HOST_LIKE.match(value) or is_masked(value):
        return None
    return match.span("id")


def device_id(at: Place) -> Ends:
    match = _MAC.match(at.text, at.start, at.end) or _UUID.match(at.text, at.start, at.end)
    if match:
        return match.span() if len(set(match.group().lower()) - set(":-.")) > 1 else None
    match = _DEVICE.match(at.text, at.start, at.end)
    if match is None or (at.is_quoted and match.end() != at.end):
        return None
    value = match.group()
    digits = sum(map(str.isdigit, value))
    if digits < 2 or len(set(value)) < 3 or _HOST_LIKE.match(value) or is_masked(value):
        return None
    if value.isdigit() and not _is_imei(value):
        return None
    return match.span()


def _is_imei(digits: str) -> bool:
    try:
        return bool(imei.validate(digits))
    except ValidationError:
        return len(digits) in (14, 15, 16, 18)


def social_security(at: Place) -> Ends:
    for shape in (_SSN, _SIN, _NINO):
        match = shape.match(at.text, at.start, at.end)
        if match and (shape is not _SSN or _is_us(re.sub(r"\D", "", match.group()))):
            return match.span()
    return None


def _is_us(digits: str) -> bool:
    return ssn.is_valid(digits) or itin.is_valid(digits)


def phone(at: Place) -> Ends:
    return detectors.phone_at(at.text, at.start, at.end, is_quoted=at.is_quoted, is_word=at.is_word)


def pan(at: Place) -> Ends:
    return detectors.card_at(at.text, at.start, at.end)


def secret(at: Place) -> Ends:
    start = at.start
    if scheme := _SCHEME.match(at.text, start, at.end):
        start = scheme.end()
    if at.is_quoted and not scheme:
        end = at.end
    else:
        match = _SECRET.match(at.text, start, at.end)
        end = match.end() if match else start
    value = at.text[start:end]
    if len(value) < 3 or is_masked(value) or value.lower().strip(".,!") in _NO_SECRET:
        return None
    if not at.is_quoted and not at.is_word and value.islower() and value.isalpha():
        return None  # `password: must be longer` in a sentence
    if at.is_quoted and " " in value and _ABOUT_SECRET.search(value):
        return None  # a sentence about one
    if not at.sure and not (len(value) >= 16 and _is_mixed(value) and not _NO_TOKEN.match(value)):
        return None
    return start, end


def _is_mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and "/" not in value[:1] and " " not in value


def is_masked(value: str) -> bool:
    return bool(_MASKED.search(value[:80]) or _TAGGED.match(value))


def name(at: Place) -> Ends:
    return names.name_at(at.text, at.start, at.end, sure=at.sure, is_quoted=at.is_quoted, is_word=at.is_word)


def address(at: Place) -> Ends:
    return names.address_at(at.text, at.start, at.end, sure=at.sure, is_quoted=at.is_quoted)


# A value of each kind by its key; what has a shape of its own (EMAIL, IP) is found wherever it stands.
BY_KIND = {
    Kind.DOB: dob,
    Kind.STUDENT_ID: student_id,
    Kind.DEVICE_ID: device_id,
    Kind.SSN: social_security,
    Kind.PHONE: phone,
    Kind.PAN: pan,
    Kind.TOKEN: secret,
    Kind.NAME: name,
    Kind.ADDRESS: address,
}
