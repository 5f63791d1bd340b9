"""Which paths of the release take payments: what only looks at it must not be sent there."""

from urllib.parse import unquote

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


def _segments(path: str) -> list[str]:
    """The names in `path`, as a server may read them: without query, case, encoding and detours."""
    segments: list[str] = []
    for segment in unquote(path.partition("#")[0].partition("?")[0]).casefold().split("/"):
        if segment == ".." and segments:
            segments.pop()
        elif segment not in ("", ".", ".."):
            segments.append(segment.partition(";")[0])
    return segments
