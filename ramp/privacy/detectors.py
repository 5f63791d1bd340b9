"""What has a shape of its own, whatever it is called: e-mail addresses, cards, social security numbers, telephone
numbers, IP addresses. Each pattern is linear in the text."""

import ipaddress
import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.us import ssn

from ramp.privacy.vocabulary import words

Span = tuple[int, int]

_EMAIL = re.compile(
    r"(?<![\w.+%@-])([^\W\u2e80-\uffff](?:[^\W\u2e80-\uffff]|[.+'%-]){0,63}+)@"
    r"((?:[^\W_](?:[^\W_]|-){0,62}+\.){1,8})([^\W\d_]{2,24}+|xn--[\w-]{2,59}+)(?!\w|-\w|\.\w)"
)
# What ends like these is a file, a unit or a host of one's own.
_NO_TOP_LEVEL = words("""
    png jpg jpeg gif svg webp ico js mjs css scss json html htm xml yml yaml toml txt log map ts tsx jsx vue java rb php
    go cpp hpp jar war gz zip tar local internal localdomain lan svc cluster service slice scope socket timer mount
    target device intranet private corp home lock conf cfg ini sql csv pdf sock pid exe dll bat class whl deb rpm
    localhost beta alpha dev0 rc next latest stable snapshot final""")
_NOBODY = re.compile(
    r"(?i)(?:no-?_?reply|do-?not-?_?reply|mailer-daemon|postmaster|git|hg|svn|ssh|redacted|masked|filtered|hidden|removed"
    r"|x{2,}|root|nobody|www-data|deploy|bounces?|daemon|ubuntu|ec2-user|centos|vagrant|jenkins|runner|postgres|mysql|nginx"
    r"|hadoop|hdfs|yarn|kafka|zookeeper|elastic|oracle|buildd?|(?:svc|service)[-_.]?\w*)(?:[+].*)?$"
)
_OFFICE = re.compile(
    r"(?i)(?:help|info|support|contact|sales|webmaster|hostmaster|abuse|security|feedback|press|careers|newsletter|"
    r"notifications?|alerts?)(?:[._+-].*)?$"
)
# A crawler says in its name whom to complain to.
_OF_AN_AGENT = re.compile(
    r"(?i)(?:(?<!HTTP)/\d[\w.]*;? ?\((?:[^()\"]{0,80}[;,+ ])?|\(compatible;[^()\"]{0,100}"
    r"|bot[\w.-]{0,20}[;/ ]{1,2}[\d.]{1,8}[; ]{0,2}\(?)(?:\+?mailto:)?\+?$"
)
_NOBODYS = re.compile(r"(?i)(?:.+\.)?(?:gserviceaccount\.com|noreply\.github\.com|mail\.gmail\.com|sentry\.io)$")
_VERSION = re.compile(r"v?\d+\.\d+|v?\d+\.x|\d+x\.")
_MESSAGE_ID = re.compile(
    r"(?i)(?:message[-_ ]?id|msg-?id|in-reply-to|references|content-id|cid)[\"']?\s?[:=]\s?[\"']?<?$"
)

_LONG = re.compile(r"\d(?:[ -]?\d){11}")
_ROW = re.compile(r"(?<![A-Za-z0-9.,+])(?<!\d[-/])\d++(?:[ -]\d++)*(?!\w|[.-]\w|,\d)")
_GROUP = re.compile(r"\d+")
_GROUPINGS = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4))
_CARD_AT = re.compile(r"\d(?:[ .-]?\d){11,18}(?!\d)")
# Issuer identification numbers (ISO/IEC 7812): first digits from, to, and the lengths that are issued.
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (400000, 499999, (13, 16, 19)),  # Visa
    (510000, 559999, (16,)),  # Mastercard
    (222100, 272099, (16,)),
    (340000, 349999, (15,)),  # American Express
    (370000, 379999, (15,)),
    (601100, 601199, (16, 19)),  # Discover
    (622126, 622925, (16, 19)),
    (644000, 659999, (16, 19)),
    (352800, 358999, (16, 19)),  # JCB
    (213100, 213199, (15,)),
    (180000, 180099, (15,)),
    (300000, 305999, (14,)),  # Diners Club
    (309500, 309599, (14,)),
    (360000, 369999, (14, 16)),
    (380000, 399999, (14, 16)),
    (620000, 629999, (16, 17, 18, 19)),  # UnionPay
    (810000, 817199, (16, 19)),
    (500000, 509999, (12, 13, 14, 15, 16, 18, 19)),  # Maestro
    (560000, 589999, (12, 13, 14, 15, 16, 18, 19)),
    (630000, 639999, (12, 13, 14, 15, 16, 18, 19)),
    (670000, 679999, (12, 13, 14, 15, 16, 18, 19)),
    (220000, 220499, (16, 17, 18, 19)),  # Mir
    (979200, 979299, (16,)),  # Troy
)
# Without a key, only what is common and long enough to be no counter.
_UNKEYED_LENGTHS = (14, 15, 16)

_SSN = re.compile(r"(?<![\w-])(?<!\d[./])\d{3}-\d{2}-\d{4}(?![\w-]|[./]\d)")

_EXT = r"(?:[ ,]{0,2}(?:x|ext\.?|extension|#)[ .:]?\d{1,6}(?!\w))?"
_NANP = rf"(?:(?:\+?1|001)[ .\-/]?)?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[ .\-/]?)[2-9]\d\d[ .\-]?\d{{4}}{_EXT}(?![\w-]|\.\d)"
_INTERNATIONAL = (
    r"(?:\+|00)(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[058]\d"
    rf"|9[679]\d)[ .\-/]?(?:\(0?\d{{0,4}}\)[ .\-]?)?\d(?:[ .\-/]?\(?\d\)?){{5,12}}{_EXT}(?![\w]|[.:]\d)"
)
_UNKEYED_PHONE = (
    ("+", re.compile(rf"(?<![\w.+/-])(?=\+){_INTERNATIONAL}")),
    (") ", re.compile(rf"(?<![\w.+/(-])(?:\+?1[ .-]?)?\([2-9]\d\d\) [2-9]\d\d[ .-]\d{{4}}{_EXT}(?![\w-])")),
    (")", re.compile(rf"(?<![\w.+/(-])\([2-9]\d\d\)[2-9]\d\d[ .-]\d{{4}}{_EXT}(?![\w-])")),
    (
        "",
        re.compile(rf"(?<![\w.+/-])(?<!\d )(?:(?:001|1)[ .-])?[2-9]\d\d-[2-9]\d\d-\d{{4}}{_EXT}(?![\w-]|[ .]\d)"),
    ),
)
_KEYED_PHONE = (
    re.compile(_NANP),
    re.compile(_INTERNATIONAL),
    re.compile(rf"\(?0\d{{1,5}}\)?[ /.\-]{{0,3}}\d{{2,8}}(?:[ .\-/]\d{{2,4}}){{0,5}}{_EXT}(?![\w-]|\.\d)"),
    re.compile(rf"\+?\d{{7,15}}{_EXT}(?![\w-]|\.\d)"),
    re.compile(rf"\+?\(?\d{{1,5}}\)?(?:[.\-/]\d{{2,5}}){{1,5}}{_EXT}(?![\w-]|\.\d)"),
    re.compile(rf"\+?\(?\d{{1,5}}\)?(?:[ .\-/]{{1,2}}\(?\d{{2,5}}\)?){{1,5}}{_EXT}(?![\w-]|\.\d)"),
)
_QUOTED_PHONE = re.compile(rf"(?:tel:)?[+(]{{0,2}}\d[\d()./ \u00a0\-]{{5,24}}{_EXT}")

_IPV4 = re.compile(r"(?<![\w.+~-])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d|-[A-Za-z\d])")
_IPV6 = re.compile(r"(?<![\w:.])[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION_BEFORE = re.compile(
    r"(?i)(?:(?:\b|_)(?:v|ver|version|versions|release|build|firmware|sdk|os|revision|oid|jdk|driver|plugin|ios|kernel|linux|engine|tag|image|schema|protocol|chrome|"
    r"android|patch|chapter|section)[\"']?\s?[:=]?\s?[\"'v]?|\b(?:upgrad|updat|version|driver|bump|migrat|downgrad|firmware|"
    r"release|package)\w{0,4}\b(?! for)[\w. ]{0,30}\b(?:from|to|is|now|version)?\s{1,2}|[\w)]/)$"
)
_PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                "192.168.0.0/16", "224.0.0.0/3", "192.0.0.0/24", "198.18.0.0/15")
)  # fmt: skip


def emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        local, domain, top = match.groups()
        start, end = match.span()
        if local[-1] == "." or ".." in local:
            continue
        if top.lower() in _NO_TOP_LEVEL or _NOBODY.match(local) or _OFFICE.match(local) or _VERSION.match(domain):
            continue
        before = text[max(0, start - 24) : start]
        if before.endswith(("*", "•", "…", "://")) or ("://" in before and ":" in before.rpartition("://")[2]):
            continue
        if text.startswith((":", "/"), end) and local == "git":
            continue
        if _MESSAGE_ID.search(before) or _NOBODYS.match(domain + top):
            continue
        if _OF_AN_AGENT.search(text[max(0, start - 160) : start]):
            continue
        if before.endswith("/") and domain.isupper():
            continue  # a service of Kerberos
        yield start, end


def cards(text: str) -> Iterator[Span]:
    """Numbers with a fitting check digit and issuer: digits in a row, or grouped as on a card, in a longer row of
    numbers too, such as one that ends in the expiry date."""
    if _LONG.search(text) is None:
        return
    for row in _ROW.finditer(text):
        if row.end() - row.start() < 13:
            continue
        groups = [match.span() for match in _GROUP.finditer(row.group())]
        end_before = 0
        for first, last in [(0, len(groups)), *_card_like([end - start for start, end in groups])]:
            start, end = groups[first][0], groups[last - 1][1]
            if start >= end_before and _is_card(row.group()[start:end], _UNKEYED_LENGTHS):
                yield row.start() + start, row.start() + end
                end_before = end


def _card_like(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """The neighbouring groups, first and behind the last, that are as long as those on a card, or one undivided."""
    for first, length in enumerate(lengths):
        if 13 <= length <= 19:
            yield first, first + 1
        for grouping in _GROUPINGS if length == 4 else ():
            if tuple(lengths[first : first + len(grouping)]) == grouping:
                yield first, first + len(grouping)


def card_at(text: str, start: int, end: int) -> Span | None:
    """A card's number at `start`, whose key says that it is one."""
    match = _CARD_AT.match(text, start, end)
    return match.span() if match and _is_card(match.group(), range(12, 20)) else None


def _is_card(text: str, lengths: tuple[int, ...] | range) -> bool:
    digits = re.sub(r"\D", "", text) if len(text) <= 2 * 19 else ""
    if len(digits) not in lengths or not luhn.is_valid(digits) or len(set(digits)) < 2:
        return False
    issuer = int(digits[:6])
    return any(first <= issuer <= last and len(digits) in issued for first, last, issued in _ISSUERS)


def social_security_numbers(text: str) -> Iterator[Span]:
    for match in _SSN.finditer(text):
        if ssn.is_valid(match.group()):
            yield match.span()


def phones(text: str) -> Iterator[Span]:
    for hint, shape in _UNKEYED_PHONE:
        if hint in text:
            for match in shape.finditer(text):
                if 8 <= _digits(match.group()) <= 21:
                    yield match.span()


def phone_at(text: str, start: int, end: int, *, is_quoted: bool, is_word: bool) -> Span | None:
    """A telephone number at `start`, whose key says that it is one: in the way of any country."""
    if is_quoted:
        match = _QUOTED_PHONE.fullmatch(text, start, end)
        if match and 7 <= _digits(match.group()) <= 21 and "000000" not in match.group():
            return match.span()
    for shape in _KEYED_PHONE[:5] if is_word else _KEYED_PHONE:
        match = shape.match(text, start, end)
        if match and 7 <= _digits(match.group()) <= 21:
            return match.span()
    return None


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def ip_addresses(text: str) -> Iterator[Span]:
    """Public addresses: those of one's own networks are nobody's."""
    for match in _IPV4.finditer(text) if text.count(".") >= 3 else ():
        start, end = match.span()
        if text.startswith("/", end) and text[end + 1 : end + 2].isdigit():
            continue  # a network
        if _VERSION_BEFORE.search(text[max(0, start - 48) : start]):
            continue
        try:
            address = ipaddress.IPv4Address(match.group())
        except ValueError:
            continue
        if not any(address in net for net in _PRIVATE):
            yield start, end
    if "::" in text or text.count(":") >= 7:
        for match in _IPV6.finditer(text):
            try:
                ipaddress.IPv6Address(match.group())
            except ValueError:
                continue
            yield match.span()
