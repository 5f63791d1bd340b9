"""Every text that a run put into its reports, searched for secrets before any of it is published."""

import base64
import binascii
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ramp.privacy.kinds import Kind
from ramp.privacy.known import LENGTH_MIN, known_in
from ramp.privacy.masking import unsafe

_EMBEDDED = re.compile(r'\bd\("([^"]+)","([A-Za-z0-9+/=]*)"\)')
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_LOAD_DATA = "window.templateArgs = "
_KINDS = {
    Kind.EMAIL: "an e-mail address",
    Kind.PHONE: "a telephone number",
    Kind.SSN: "a social security number",
    Kind.PAN: "a payment card number",
    Kind.IP: "a public IP address",
    Kind.NAME: "the name of a person",
    Kind.ADDRESS: "a postal address",
    Kind.DOB: "a date of birth",
    Kind.STUDENT_ID: "a student's number",
    Kind.DEVICE_ID: "the id of a device",
    Kind.TOKEN: "a credential",
}
_TOKENS = {
    "a Stripe key or webhook secret": r"(?:sk|rk|pk)_(?:live|test)_|whsec_",
    "a Slack token": r"xox|xapp",
    "an AWS access key": r"AKIA|ASIA",
    "a JSON Web Token": r"eyJ",
}


class UnsafeToPublish(Exception):
    """A report holds what looks like a secret or personal data. The sentence names file and kind, never the value."""

    def __init__(self, file: str, kind: str) -> None:
        super().__init__(f"{file} holds {kind}, so nothing was uploaded. Find where it enters and mask it there.")
        self.file = file
        self.kind = kind


def texts_of_page(file: Path) -> Iterator[tuple[str, str]]:
    yield file.name, file.read_text(encoding="utf-8")


def texts_of_report(file: Path) -> Iterator[tuple[str, str]]:
    """Everything that the run put into Allure's file; the rest is Allure's own program.

    Raises UnsafeToPublish when that cannot be read, for what was not searched is not published.
    """
    embedded = _EMBEDDED.findall(file.read_text(encoding="utf-8"))
    if not any(name.startswith("data/test-results/") for name, _ in embedded):
        raise UnsafeToPublish(file.name, "no results that can be searched for secrets")
    for name, encoded in embedded:
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise UnsafeToPublish(f"{file.name} ({name})", "data that cannot be searched for secrets") from None
        text = raw.decode("utf-8", "replace")
        yield f"{file.name} ({name})", "\n".join(_strings(json.loads(text))) if name.endswith(".json") else text


def texts_of_load(file: Path) -> Iterator[tuple[str, str]]:
    """Everything that the run put into Locust's file; the rest is Locust's own program. Raises UnsafeToPublish."""
    try:
        embedded = json.JSONDecoder().raw_decode(file.read_text(encoding="utf-8").split(_LOAD_DATA)[1])[0]
    except (IndexError, ValueError):
        raise UnsafeToPublish(file.name, "no data that can be searched for secrets") from None
    yield file.name, "\n".join(_strings(embedded))


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value: its numbers are times and counts, which look like card numbers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def refuse_secrets(file: str, text: str, secrets: tuple[str, ...]) -> None:
    """Raises UnsafeToPublish where `text` holds one of `secrets`, however it is written, or what the scanner finds."""
    if any(secret in text for secret in secrets if len(secret) >= LENGTH_MIN):
        raise UnsafeToPublish(file, said_of_known())
    for line in text.splitlines():
        if known_in(line, secrets):
            raise UnsafeToPublish(file, said_of_known())
        for found in unsafe(line):
            raise UnsafeToPublish(file, said_of(found.kind, line[found.start : found.end]))


def refuse_known(file: str, raw: bytes, secrets: tuple[str, ...]) -> None:
    """Raises UnsafeToPublish where a file holds one of `secrets`, however it is written, in whatever part of it and in
    every file of an archive: what nobody thought of as a text of the run is searched too."""
    if raw.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                refuse_known(f"{file} ({name})", archive.read(name), secrets)
    elif raw.startswith(_GZIP):
        refuse_known(f"{file} (decompressed)", gzip.decompress(raw), secrets)
    elif any(known_in(line, secrets) for line in raw.decode("utf-8", "replace").splitlines()):
        raise UnsafeToPublish(file, said_of_known())


def said_of_known() -> str:
    return _KINDS[Kind.TOKEN]


def said_of(kind: Kind, value: str) -> str:
    """What a finding is, in words that do not repeat it."""
    of_token = (said for said, shape in _TOKENS.items() if re.match(shape, value)) if kind is Kind.TOKEN else iter(())
    return next(of_token, _KINDS[kind])
