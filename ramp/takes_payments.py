"""Which paths of the release take payments: what only looks at it must not be sent there."""

from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from ramp.release import Release

# What a path that takes payments is called where the release file does not say which it is.
_WORDS = frozenset(
    {
        "checkout",
        "checkouts",
        "pay",
        "payment",
        "payments",
        "payment_intents",
        "charge",
        "charges",
        "purchase",
        "orders",
    }
)


def takes_payments(path: str, checkout_path: str | None) -> bool:
    """Whether a POST to `path` may pay: it is the checkout, however it is written, or has a name of payments in it."""
    segments = _segments(path)
    return (checkout_path is not None and segments == _segments(checkout_path)) or not _WORDS.isdisjoint(segments)


def ways_to_money(release: "Release") -> list[str]:
    """What would pay on a real target past the cap ledger and the live guard: journeys are only to look, and AI routes
    only to be asked."""
    if release.target != "real" or release.real is None:
        return []
    checkout = release.real.load.checkout_path if release.real.load else None
    posted = [("journeys", journey.path) for journey in release.journeys if journey.method == "POST"]
    posted += [("routes", route.path) for route in release.routes]
    return [
        f"{key}: POST {path} may take a payment of a real target, which none of {key} may; remove it, or name the "
        "checkout under [real.load]"
        for key, path in posted
        if takes_payments(path, checkout)
    ]


def _segments(path: str) -> list[str]:
    """The names in `path`, as a server may read them: without query, case, encoding and detours."""
    segments: list[str] = []
    for segment in unquote(path.partition("#")[0].partition("?")[0]).casefold().split("/"):
        if segment == ".." and segments:
            segments.pop()
        elif segment not in ("", ".", ".."):
            segments.append(segment.partition(";")[0])
    return segments
