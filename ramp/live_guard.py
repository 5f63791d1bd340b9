"""The live guard: what must all be true before real money moves. Whatever is in doubt is no live payment."""

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from ramp.release import Release

VENDOR_URL = "https://api.stripe.com"
LIVE_RELEASE_ENV = "STRIPE_LIVE_RELEASE"
_RESTRICTED = "rk_live_"
_LIVE = ("sk_live_", _RESTRICTED)
_TEST = ("sk_test_", "rk_test_")


def is_live(secret_key: str) -> bool:
    return secret_key.startswith(_LIVE)


def on_loopback(host: str | None) -> bool:
    """Whether `host` (a name or an address, without port) is this machine and no other."""
    try:
        return host == "localhost" or ip_address((host or "").strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def mismatch(url: str, secret_key: str, secret_key_env: str) -> str | None:
    """Why this key must not be used at this address, or None: live keys are for the vendor, test keys for loopback."""
    at_vendor = url.rstrip("/") == VENDOR_URL
    if not at_vendor and not on_loopback(urlsplit(url).hostname):
        return f"stripe_url is {url}, which is neither {VENDOR_URL} nor on loopback; correct it under [real]"
    if secret_key.startswith("sk_live_"):
        return f"{secret_key_env} holds a secret live key, which may do anything; make a restricted one ({_RESTRICTED})"
    if is_live(secret_key) and not at_vendor:
        return f"{secret_key_env} holds a live key, and stripe_url is {url}: a live key is for {VENDOR_URL} alone"
    if not is_live(secret_key) and at_vendor:
        return f"{secret_key_env} holds no restricted live key ({_RESTRICTED}), and no other is for {VENDOR_URL}"
    if not secret_key.startswith((*_LIVE, *_TEST)):
        return f"{secret_key_env} holds no key of Stripe's ({', '.join((_RESTRICTED, *_TEST))})"
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
    if live_release != release.version:
        said = f"says {live_release}" if live_release else "is not set"
        needs.append(f"{LIVE_RELEASE_ENV} = {release.version}: it {said}")
    wrong = mismatch(release.real.stripe_url, secret_key, release.real.stripe_key_env)
    if wrong or not is_live(secret_key):
        needs.append(wrong or f"a restricted live key ({_RESTRICTED}) in {release.real.stripe_key_env}")
    if release.real.stripe_url.rstrip("/") != VENDOR_URL:
        needs.append(f"stripe_url = {VENDOR_URL}: it is {release.real.stripe_url}")
    return [*needs, *_window(release, at)]


def _window(release: Release, at: datetime) -> list[str]:
    live = release.live
    if live is None:
        return ["an approval window: a table [live] with opens_at_utc and closes_at_utc in the release file"]
    if not live.opens_at_utc <= at < live.closes_at_utc:
        window = f"{live.opens_at_utc:%Y-%m-%d %H:%M}Z to {live.closes_at_utc:%Y-%m-%d %H:%M}Z"
        return [f"an open approval window: it is {window}, and now is {at:%Y-%m-%d %H:%M}Z"]
    return []
