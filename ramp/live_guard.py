"""The live guard: what must all be true before real money moves. Whatever is in doubt is no live payment."""

import re
from datetime import datetime

from ramp.loopback import host_of, on_loopback
from ramp.release import Release
from ramp.target import Target

VENDOR_URL = "https://api.stripe.com"
LIVE_RELEASE_ENV = "STRIPE_LIVE_RELEASE"
Window = tuple[datetime, datetime]  # from its first instant on, and its last excluded
_RESTRICTED = "rk_live_"
_LIVE = ("sk_live_", _RESTRICTED)
_TEST = ("sk_test_", "rk_test_")
_KEY = re.compile(r"[A-Za-z0-9_]{1,500}")


def is_live(secret_key: str) -> bool:
    return secret_key.startswith(_LIVE)


def is_test(secret_key: str) -> bool:
    """Whether no real money can move with it. A key of any other form may move some."""
    return secret_key.startswith(_TEST)


def away_from_loopback(target: Target) -> str | None:
    """Which address of `target` says that a checkout there may move real money."""
    for name, url in (("edge_url", target.edge_url), ("stripe_url", target.stripe_url)):
        if not on_loopback(host_of(url)):
            return f"{name} is on {host_of(url)}"
    return None


def mismatch(url: str, secret_key: str, secret_key_env: str) -> str | None:
    """Why this key must not be used at this address, or None: live keys are for the vendor alone, test keys for the
    vendor and for loopback."""
    at_vendor = url.rstrip("/") == VENDOR_URL
    if not at_vendor and not on_loopback(host_of(url)):
        return f"stripe_url is {_shown(url)}, which is neither {VENDOR_URL} nor on loopback; correct it under [real]"
    if secret_key.startswith("sk_live_"):
        return f"{secret_key_env} holds a secret live key, which may do anything; make a restricted one ({_RESTRICTED})"
    if is_live(secret_key) and not at_vendor:
        return f"{secret_key_env} holds a live key, and stripe_url is {url}: a live key is for {VENDOR_URL} alone"
    if not secret_key.startswith((*_LIVE, *_TEST)):
        return f"{secret_key_env} holds no key of Stripe's ({', '.join((_RESTRICTED, *_TEST))})"
    if not _KEY.fullmatch(secret_key):
        return f"{secret_key_env} holds a key with a blank, a line break or another stray character; set it again"
    return None


def lacking(
    release: Release,
    *,
    asked: bool,
    live_release: str | None,
    secret_key: str,
    at: datetime,
) -> list[str]:
    """What live payments still need at `at`, a sentence each, but for a healthy cap ledger.

    `asked` is --live-payments, `live_release` what STRIPE_LIVE_RELEASE says.
    """
    if release.target != "real" or release.real is None:
        return ['a real target: the release file says target = "rehearsal", which pays nothing real']
    needs = [] if asked else ["the flag --live-payments"]
    needs += _unnamed(release.version, live_release)
    wrong = mismatch(release.real.stripe_url, secret_key, release.real.stripe_key_env)
    if not is_live(secret_key):
        wrong = f"{release.real.stripe_key_env} holds no restricted live key ({_RESTRICTED})"
    if wrong:
        needs.append(f"a live key: {wrong}")
    if release.real.stripe_url.rstrip("/") != VENDOR_URL:
        needs.append(f"stripe_url = {VENDOR_URL}: it is {release.real.stripe_url}")
    return [*needs, *_closed(window_of(release), at)]


def _shown(text: str) -> str:
    """`text` on one line: as it is where it is plain."""
    return text if re.fullmatch(r"[!-~]{1,80}", text) else ascii(text)[:80]


def lacking_now(version: str, window: Window | None, *, live_release: str | None, at: datetime) -> list[str]:
    """What a single payment of the release still needs at `at`, where all else was looked at before: that it is named
    where it is paid, and that the approval window is open."""
    return _unnamed(version, live_release) + _closed(window, at)


def window_of(release: Release) -> Window | None:
    return (release.live.opens_at_utc, release.live.closes_at_utc) if release.live else None


def _unnamed(version: str, live_release: str | None) -> list[str]:
    if live_release == version:
        return []
    said = f"says {_shown(live_release)}" if live_release else "is not set"
    return [f"{LIVE_RELEASE_ENV} = {version}: it {said}"]


def _closed(window: Window | None, at: datetime) -> list[str]:
    if window is None:
        return ["an approval window: a table [live] with opens_at_utc and closes_at_utc in the release file"]
    opens, closes = window
    if not opens <= at < closes:
        said = f"{opens:%Y-%m-%d %H:%M}Z to {closes:%Y-%m-%d %H:%M}Z"
        return [f"an open approval window: it is {said}, and now is {at:%Y-%m-%d %H:%M}Z"]
    return []
