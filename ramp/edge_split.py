"""How an edge with the rehearsal's admin address splits users: by the SHA-256 of their names, so that each stays."""

import hashlib

SPLIT_INTO = 10_000


def is_of_canary(user: str, canary_pct: float) -> bool:
    """Whether `user` is with the canary at that weight."""
    point = int.from_bytes(hashlib.sha256(user.encode()).digest()[:8], "big") % SPLIT_INTO
    return point < canary_pct * SPLIT_INTO / 100
