"""Log lines in real formats with planted values, each with where they stand; and lines that only look like that."""

import base64
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from tests.bench.privacy.people import People, Planted
from tests.bench.privacy.templates import filled, templates

# What a value is called; `{}` is a prefix that says whose it is.
KEYS: dict[str, str] = {
    "EMAIL": "email {}email {}email_address contact mail to recipient e-mail login",
    "PHONE": "phone {}phone {}phone_number mobile {}mobile_number tel telephone cell_phone msisdn {}contact_number",
    "SSN": "ssn {}ssn social_security_number {}social_security_no tax_id",
    "PAN": "card_number pan {}card_number cc_number credit_card card payment_card_number",
    "IP": "ip client_ip remote_addr x-forwarded-for source_ip {}ip_address peer",
    "NAME": "{}name {}full_name full_name {}last_name {}first_name first_name surname given_name",
    "ADDRESS": "address {}address street_address home_address {}address_line_1 street mailing_address",
    "DOB": "dob {}dob date_of_birth {}birth_date birthday {}date_of_birth birthdate",
    "STUDENT_ID": "student_id student_number student_no pupil_id learner_id matriculation_number sis_id",
    "DEVICE_ID": "device_id idfa udid {}device_id mac_address android_id hardware_id device_uuid",
    "TOKEN": "api_key access_token secret auth_token client_secret password refresh_token",
}
OWNERS = ("student_", "user_", "child_", "parent_", "guardian_", "billing_", "customer_", "teacher_")
OPEN, CLOSE = "\x02", "\x03"
_MARK = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
PREFIXES = (
    "«ts» INFO [worker-«n1-9»] ",
    "Nov 24 08:00:«n10-59» web-«n1-9» app[«d4»]: ",
    "[«ts»] production.WARN: ",
)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "percent": lambda value: quote(value, safe=""),
    "percent twice": lambda value: quote(quote(value, safe=""), safe=""),
    "unicode": lambda value: "".join(char if char.isalnum() else f"\\u{ord(char):04x}" for char in value),
    "entities": lambda value: "".join(char if char.isalnum() else f"&#{ord(char)};" for char in value),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for addresses": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "repr": lambda value: "".join(
        char if char.isalnum() or ord(char) > 255 else f"\\x{ord(char):02x}" for char in value
    ),
    "hexadecimal": lambda value: value.encode().hex(),
}


@dataclass(frozen=True)
class Line:
    """A log line, and the (kind, start, end) of what was planted in it; `tier` is how."""

    text: str
    kind: str
    start: int
    end: int
    tier: str


def keyed_line(people: People, planted: Planted, *, encoded: bool = False) -> Line:
    """The value beside a name that says what it is, in one of the formats."""
    rng = people.rng
    owner = rng.choice(OWNERS)
    key = _cased(
        rng.choice(KEYS[planted.kind].split()).format(owner if rng.random() < 0.6 or planted.kind == "NAME" else ""),
        rng,
    )
    value = ENCODINGS[rng.choice(list(ENCODINGS))](planted.value) if encoded else planted.value
    as_json = value if encoded else json.dumps(value, ensure_ascii=False)[1:-1].replace("'", "’")
    given = {"key": key, "key_": re.sub(r"\W", "_", key), "owner": owner.rstrip("_")}
    given |= {"value": OPEN + as_json + CLOSE, "form": OPEN + (value if encoded else quote_plus(value)) + CLOSE}
    return _line(
        filled(rng.choice(templates("formats.txt")), rng, given), planted.kind, "encoded" if encoded else "keyed"
    )


def free_line(people: People, planted: Planted) -> Line:
    """The value in a sentence."""
    rng = people.rng
    said = [line.partition(" ")[2] for line in templates("free.txt") if line.startswith(f"{planted.kind} ")]
    line = rng.choice(PREFIXES) + rng.choice(said)
    return _line(filled(line, rng, {"value": OPEN + planted.value + CLOSE}), planted.kind, "free")


def harmless(rng: random.Random) -> str:
    """A line without personal data, which may look as if it had some."""
    return filled(rng.choice(templates("harmless.txt")), rng, {})


def _line(marked: str, kind: str, tier: str) -> Line:
    match = _MARK.search(marked)
    assert match, marked
    start = match.start()
    return Line(marked[:start] + match[1] + marked[match.end() :], kind, start, start + len(match[1]), tier)


def _cased(key: str, rng: random.Random) -> str:
    words = [word for word in re.split(r"[_ -]", key) if word]
    style = rng.randrange(6)
    if style in (2, 5):
        camel = "".join(word.capitalize() for word in words)
        return camel if style == 5 else words[0] + camel[len(words[0]) :]
    return {3: "-", 4: "."}.get(style, "_").join(words)
