"""What was detected of a page or a server, as lines of a release file."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ramp.metrics_seen import Detected, MetricSeen, rows_of
from ramp.signals import LATENCY_S, REQUESTS

_FAILED = "5..|5xx|5"


def table(found: Detected) -> Sequence[str]:
    """`[real.slices]` and `[real.series]`, each where there is something for it."""
    lines: list[str] = []
    if found.slices:
        label, canary, control = map(json.dumps, found.slices)
        lines += ["", "[real.slices]", f"label = {label}", f"canary = {canary}", f"control = {control}"]
    if found.series:
        lines += ["", "[real.series]", *(f"{key} = {inline(row)}" for key, row in found.series.items())]
    return lines


def pasted(found: Detected) -> str:
    """What to paste into a release file that has a `[real]`: the line under it first, then tables."""
    names = json.dumps(list(found.presets))
    head = ["[real]    # there already: put the next line under it", f"preset = {names}"] if found.presets else []
    return "\n".join([*head, *table(found)]).strip()


def selectors(found: Detected, there: Iterable[MetricSeen]) -> tuple[Sequence[str], str]:
    """`latency_s = '…'` and the like under `[real.prometheus.signals]`, and why something cannot be asked so."""
    rows = rows_of(found)
    if LATENCY_S not in rows and REQUESTS not in rows:
        names = ", ".join(sorted(metric.family for metric in there)[:8]) or "nothing"
        return ["# CHANGE: latency_s = 'http_request_duration_seconds{app=\"shop\"}'"], f"no requests among {names}"
    lines = []
    if latency := rows.get(LATENCY_S):
        lines.append(f"latency_s = {_literal(_selector(latency['metric'], latency))}")
    counted = rows.get(REQUESTS) or {**rows[LATENCY_S], "metric": f"{rows[LATENCY_S]['metric']}_count"}
    if status := counted.get("status"):
        lines.append(f"requests = {_literal(_selector(counted['metric'], counted))}")
        failed = f'{status}=~"{_FAILED}"'
        lines.append(f"errors = {_literal(_selector(counted['metric'], counted, failed))}")
    is_ms = rows.get(LATENCY_S, {}).get("unit") == "ms"
    return lines, "latency_s is in milliseconds, and a selector needs seconds" if is_ms else ""


def inline(row: Mapping[str, Any]) -> str:
    """An inline table."""
    said = (inline(value) if isinstance(value, Mapping) else json.dumps(value) for value in row.values())
    return "{ " + ", ".join(f"{key} = {value}" for key, value in zip(row, said, strict=True)) + " }"


def _selector(metric: str, row: Mapping[str, Any], *more: str) -> str:
    matchers = [f'{label}="{value}"' for label, value in row.get("keep", {}).items() if isinstance(value, str)]
    for label, values in row.get("drop", {}).items():
        every = [values] if isinstance(values, str) else values
        matchers.append(f'{label}!~"{"|".join(map(_literally, every))}"')
    told = ", ".join([*matchers, *more])
    return f"{metric}{{{told}}}" if told else metric


def _literally(value: str) -> str:
    """As a regular expression within the quotes of a selector, where a backslash is written twice."""
    return re.escape(value).replace("\\", r"\\").replace('"', r"\"")


def _literal(text: str) -> str:
    return f"'{text}'"
