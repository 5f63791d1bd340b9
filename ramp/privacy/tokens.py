"""Secrets by their issuers' published forms."""

import base64
import binascii
import re
from collections.abc import Iterator, Set

from ramp.privacy.vocabulary import words

# The words that such secrets begin with, in lower case, and their form.
_BY_WORD: tuple[tuple[str, str], ...] = (
    ("sk rk pk", r"(?:sk|rk|pk)_live_[A-Za-z0-9]{8,255}"),
    ("sk rk pk", r"(?:sk|rk|pk)_test_[A-Za-z0-9]{8,255}"),
    ("whsec", r"whsec_[A-Za-z0-9+/]{8,255}=*"),
    ("xoxa xoxb xoxe xoxo xoxp xoxr xoxs", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{8,255}"),
    ("xapp", r"xapp-[A-Za-z0-9-]{8,255}"),
    ("hooks", r"https?://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[\w/+-]{20,128}"),
    ("ghp gho ghu ghs ghr", r"gh[pousr]_[A-Za-z0-9]{20,255}"),
    ("github", r"github_pat_\w{22,255}"),
    (
        "glpat glptt gldt glrt glcbt glft glimt glagent gloas glffct glsoat",
        r"gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|ffct|soat)-[\w.-]{16,255}",
    ),
    ("ya29", r"ya29\.[\w-]{20,512}"),
    ("gocspx", r"GOCSPX-[\w-]{20,64}"),
    ("sk", r"sk-(?:ant-)?(?:[A-Za-z0-9]{2,12}-)?(?=[\w-]{0,40}\d)[\w-]{20,512}"),
    ("npm", r"npm_[A-Za-z0-9]{30,64}"),
    ("sg", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("hf", r"hf_[A-Za-z0-9]{30,64}"),
    ("pypi", r"pypi-AgE[\w-]{30,512}"),
    ("dop doo dor", r"do[opr]_v1_[a-f0-9]{32,128}"),
    ("shpat shpca shppa shpss", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("sq0atp sq0csp sq0idp", r"sq0(?:atp|csp|idp)-[\w-]{22,64}"),
    ("lin", r"lin_api_[A-Za-z0-9]{32,64}"),
    ("ntn", r"ntn_[A-Za-z0-9]{32,64}"),
    ("hvs", r"hvs\.[\w-]{20,256}"),
    ("pmak", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("nrak", r"NRAK-[A-Z0-9]{20,40}"),
    ("glsa glc", r"gl(?:sa|c)_[\w=+/-]{20,512}"),
    ("dckr", r"dckr_(?:pat|oat)_[\w-]{20,64}"),
    ("rubygems", r"rubygems_[a-f0-9]{40,64}"),
    ("figd", r"figd_[\w-]{30,64}"),
    ("key", r"key-[a-f0-9]{32}(?![\w-])"),
    ("webhooks", r"https?://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{15,22}/[\w-]{50,90}"),
    ("office", r"https://[\w-]+\.webhook\.office\.com/webhookb2/[\w@/-]{20,256}"),
    ("age", r"AGE-SECRET-KEY-1[A-Z0-9]{50,64}"),
    ("sntrys", r"sntrys_[\w=+/-]{30,512}"),
    ("xkeysib", r"xkeysib-[a-f0-9]{32,80}-\w{10,32}"),
    ("r8", r"r8_[A-Za-z0-9]{30,48}"),
    ("gsk", r"gsk_[A-Za-z0-9]{40,64}"),
    ("xai", r"xai-[A-Za-z0-9]{60,100}"),
    (
        "private",
        r"-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^-]{0,8192}+-----END [A-Z0-9 ]{0,24}KEY(?: BLOCK)?-----)?",
    ),
)
BY_WORD = tuple((words(first), re.compile(rf"(?<![A-Za-z0-9]){form}")) for first, form in _BY_WORD)
_ANY_WORD = frozenset[str]().union(*(first for first, _ in BY_WORD))
# What is no word of its own: the letters that it begins with, and its form.
_BY_LETTERS: tuple[tuple[str, str], ...] = (
    ("GR1348941", r"GR1348941[\w-]{16,64}"),
    ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("AIza", r"AIza[\w-]{35}(?![\w-])"),
    ("1//0", r"1//0[\w-]{30,128}"),
    ("eyJ", r"eyJ[\w-]{8,4096}+\.[\w-]{8,8192}+(?:\.[\w-]{8,4096}+)?"),
    ("dapi", r"dapi[a-f0-9]{32}"),
    ("ATATT3", r"ATATT3[\w=-]{20,512}"),
    ("SK", r"SK[a-f0-9]{32}(?!\w)"),
    (":AA", r"\d{8,10}:AA[\w-]{32,35}(?![\w-])"),
)
BY_LETTERS = tuple((letters, re.compile(rf"(?<![A-Za-z0-9]){form}")) for letters, form in _BY_LETTERS)
# What is a secret by what stands before it: the first group.
_AFTER: tuple[tuple[str, str], ...] = (
    ("earer", r"(?i:bearer)[ :]{1,2}[\"']?(?=[\w.~+/-]{0,200}\d)([\w.~+/-]{8,4096}+=*)"),
    ("Key=", r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{20,128}={0,2})"),
    ("sig=", r"[?&]sig=([\w%+/-]{20,128}=*)"),
    ("://", r"://[^\s/:@\"'<>]{0,64}+:([^\s/\"'<>]{1,128})@(?=[\w\[])"),
    ("sentry.io", r"https://([0-9a-f]{32})(?::[0-9a-f]{32})?@[\w.-]{0,40}sentry\.io"),
    ("assw", r"(?i:password|passwd) (?:is|was|=>?) [\"']?(?=[^\s\"']{0,40}[\d!@#$%^&])([^\s\"',;]{4,128})"),
    ("-u ", r"(?<!\S)-u [\"']?[\w.@-]{1,64}+:([^\s\"'@]{3,128}+)"),
)
AFTER = tuple((hint, re.compile(form)) for hint, form in _AFTER)
_BASIC = re.compile(r"(?i:basic)\s{1,2}([A-Za-z0-9+/_-]{8,512}+={0,2})")
_COOKIE = re.compile(r"(?i:cookie)2?\\*[\"']?\s?(?:=>|[:=])\s?\\*[\"']?")
_CRUMB = re.compile(r"([\w.%-]{1,64}+)=([^;\s\"',]{0,4096}+)(; ?)?")
_HARMLESS_COOKIES = re.compile(
    r"(?i)_?(?:ga|gid|gat|utm|fbp|hj|path|domain|expires|max-age|samesite|lang|locale|theme|tz|timezone|consent|version"
    r"|currency|country|cookie|priority|dnt|ab_|variant|canary|region)"
)
_CRUMBS_MAX = 40


def tokens(text: str, within: Set[str]) -> Iterator[tuple[int, int]]:
    """Where the secrets of a published form stand in `text`; `within` are its words, in lower case."""
    if not _ANY_WORD.isdisjoint(within):
        for first, form in BY_WORD:
            if not first.isdisjoint(within):
                yield from (match.span() for match in form.finditer(text))
    for letters, form in BY_LETTERS:
        if letters in text:
            yield from (match.span() for match in form.finditer(text))
    yield from _after(text)


def _after(text: str) -> Iterator[tuple[int, int]]:
    for hint, form in AFTER:
        if hint in text:
            yield from (match.span(1) for match in form.finditer(text))
    if "asic " in text or "ASIC " in text:
        yield from (match.span(1) for match in _BASIC.finditer(text) if _is_basic(match[1]))
    if "ookie" in text or "OOKIE" in text:
        yield from _cookies(text)


def _is_basic(encoded: str) -> bool:
    """Whether it is user:password in base64, not a word behind "basic"."""
    body = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b":" in base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except binascii.Error:
        return False


def _cookies(text: str) -> Iterator[tuple[int, int]]:
    for header in _COOKIE.finditer(text):
        at = header.end()
        for _ in range(_CRUMBS_MAX):
            crumb = _CRUMB.match(text, at)
            if crumb is None:
                break
            if len(crumb[2]) >= 8 and not _HARMLESS_COOKIES.match(crumb[1]):
                yield crumb.span(2)
            if crumb[3] is None:
                break
            at = crumb.end()
