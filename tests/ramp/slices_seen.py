"""A release that only users come to, as the pages of both slices tell it, and as pages that are exchanged do."""

from dataclasses import replace

OF = ["latency", "errors"]
A_MINUTE = 12_000
PCT = {"stage_1": 1, "stage_10": 10, "stage_25": 25, "stage_50": 50, "stage_100": 100}


def users(pct, errors=0.002, a_minute=A_MINUTE):
    """What a minute adds to both slices where nobody but users comes and `pct` % of them to the canary; `errors` is
    the canary's ratio."""
    n = round(a_minute * pct / 100)

    def slice(n, errors):
        return {"requests": n, "keyed_requests": 0, "slow": n // 50, "errors": round(errors * n), "split_requests": n}

    return {"canary": slice(n, errors) | {"synthetic_runs": 0}, "control": slice(a_minute - n, 0.002)}


def climbing(ramp_of, stages, **changes):
    """The stages one after the other, each with its own share, or with that in `left`."""
    seen, left = [], changes.pop("left", {})
    for stage in stages:
        seen = ramp_of(
            stage, 30 if stage == "stage_50" else 15, after=seen, **users(left.get(stage, PCT[stage]), **changes)
        )
    return seen


def without(seen, *names):
    return [replace(one, counters={k: v for k, v in one.counters.items() if k not in names}) for one in seen]


def exchanged(seen):
    """Each slice's page read for the other, neither of which names the release."""
    other = {"canary": "control", "control": "canary"}
    at = {(one.at, one.slice): one for one in seen}
    swapped = [at.get((one.at, other[one.slice]), one) for one in seen]
    return [replace(one, counters=of.counters, gauges={}) for one, of in zip(seen, swapped, strict=True)]
