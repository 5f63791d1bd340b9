"""What must be told of the release's payments, in words: what a rollback ended and left, and where caps begin anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ramp.units import Unit, show


def caps_begin_anew(version: str, before: Sequence[str]) -> str:
    """For a version of a commit that was released as others `before`."""
    return f"{version} is the same commit as {', '.join(before)}: its caps begin anew, whatever was paid under those"


def in_words(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences for the journal's record `payments_ended`; none where nothing was open, and all is well."""
    ended, refunded = record.get("ended", []), record.get("refunded", {})
    what = "probes were not given back" if ended else "open payments were not ended"
    said = [f"{what}: {record['why']}"] if record.get("why") else []
    done = Counter(each["after"] for each in ended if not each.get("why"))
    if done:
        said.append("payments ended: " + ", ".join(f"{count} {state}" for state, count in sorted(done.items())))
    held = [each for each in ended if each.get("why")]
    if held:
        cents, first = sum(each["amount_cents"] for each in held), held[0]
        said.append(
            f"could not be ended and stay held: {len(held)}, {show(cents, Unit.CENTS)} in all, the first: "
            f"{first['key']} is {first['after']}: {first['why']}"
        )
    kept = {key: why for key, why in refunded.items() if why}
    if len(refunded) > len(kept):
        said.append(f"probes given back: {len(refunded) - len(kept)}")
    if kept:
        key, why = next(iter(kept.items()))
        said.append(f"probes not given back: {len(kept)}, the first: {key}: {why}")
    return tuple(said)
