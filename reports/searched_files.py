"""Every file of a run, searched for secrets and personal data before anything of the run is published, by a reader of
its own: what was masked where it was written has no part in it."""

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ramp.privacy.kinds import Found
from ramp.privacy.known import known_in
from ramp.privacy.masking import unsafe
from reports.searched import UnsafeToPublish, refuse_known, said_of, said_of_known

_ZIP, _GZIP, _TAR_AT, _TAR = b"PK\x03\x04", b"\x1f\x8b", 257, b"ustar"
_BYTES_MAX, _DEPTH_MAX = 256_000_000, 4
_READABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{8,}")
_IN_JSON, _BEHIND_NUMBER = re.compile(r"[:,\[]\s*-?$"), re.compile(r"[.eE+\-\d]*\s*[,}\]]")
_LOOKED_BACK = 16
# Of these only what a run put into them is searched for its shape, see `searched`: the rest is another's program.
PROGRAMS = ("index.html", "allure-report.html", "locust.html")


def refuse_files(folder: Path, secrets: tuple[str, ...]) -> None:
    """Raises UnsafeToPublish for the first file below `folder`, or in an archive there, that holds one of `secrets`,
    however it is written, or what the scanner finds, in its name too, and for one that cannot be searched."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = str(file.relative_to(folder))
        _refuse_lines(name, [name], secrets)
        raw = file.read_bytes()
        if file.name in PROGRAMS:
            refuse_known(name, raw, secrets)
        else:
            _refuse(name, raw, secrets, _DEPTH_MAX)


def _refuse(name: str, raw: bytes, secrets: tuple[str, ...], depth: int) -> None:
    try:
        inside = list(_members(raw)) if depth else []
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error):
        raise UnsafeToPublish(name, "an archive that cannot be searched for secrets") from None
    if not inside:
        _refuse_lines(name, _lines(raw), secrets)
    for member, packed in inside:
        _refuse_lines(name, [member], secrets)
        if Path(member).name in PROGRAMS:
            refuse_known(f"{name} ({member})", packed, secrets)
        else:
            _refuse(f"{name} ({member})", packed, secrets, depth - 1)


def _members(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in `raw`, by name; nothing where it is no archive. Raises ValueError for one that is too large."""
    if raw.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _must_fit(sum(each.file_size for each in archive.infolist()))
            yield from ((each.filename, archive.read(each)) for each in archive.infolist())
    elif raw.startswith(_GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            text = packed.read(_BYTES_MAX + 1)
        _must_fit(len(text))
        yield "decompressed", text
    elif raw[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        with tarfile.open(fileobj=io.BytesIO(raw)) as archived:
            for member in archived:
                file = archived.extractfile(member)
                yield member.name, file.read() if file else b""


def _must_fit(size: int) -> None:
    if size > _BYTES_MAX:
        raise ValueError("too large")


def _lines(raw: bytes) -> Iterator[str]:
    """Text by line, and of other bytes what can be read in them."""
    if b"\0" in raw:
        yield from (match.group().decode("utf-8", "replace") for match in _READABLE.finditer(raw))
    else:
        yield from raw.decode("utf-8", "replace").splitlines()


def _refuse_lines(name: str, lines: Iterator[str] | list[str], secrets: tuple[str, ...]) -> None:
    for line in lines:
        if known_in(line, secrets):
            raise UnsafeToPublish(name, said_of_known())
        for found in unsafe(line):
            if not _is_number(line, found):
                raise UnsafeToPublish(name, said_of(found.kind, line[found.start : found.end]))


def _is_number(line: str, found: Found) -> bool:
    """Whether it is a number in JSON that no name says more of: times and counts look like card numbers."""
    before, after = line[max(0, found.start - _LOOKED_BACK) : found.start], line[found.end : found.end + _LOOKED_BACK]
    is_json = _IN_JSON.search(before.rstrip("0123456789.-")) is not None and _BEHIND_NUMBER.match(after) is not None
    return not found.keyed and is_json and not set(line[found.start : found.end]) - set("0123456789.-")
