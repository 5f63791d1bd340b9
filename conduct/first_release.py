"""A release file to begin with: what the edge and one page, or one server, show of themselves, and no more."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from fixtures import http
from fixtures.sources import metrics_there
from fixtures.sources.health_probes import probes_in
from ramp.access import Access
from ramp.metrics_seen import Detected, MetricSeen, detected, histogram_of, rows_of
from ramp.metrics_shown import inline, selectors, table
from ramp.observation import NoEvidence
from ramp.release import CanaryRouting
from ramp.signals import LATENCY_S
from ramp.validation import Invalid

_NOBODY = "0" * 40
_LIMIT_S = 0.12


class Shown(NamedTuple):
    """Lines of TOML, and a sentence for each thing that has to be changed in them."""

    lines: tuple[str, ...]
    to_do: tuple[str, ...] = ()


def write_release(
    file: Path, edge_url: str, pages: Sequence[str], server: str | None, access: Access | None = None
) -> Sequence[str]:
    """Writes `file` and gives what has to be changed in it; pages and server are asked by `access`, and the edge by its
    authority. Raises Invalid where it is there already, and NoEvidence
    where something does not answer."""
    edge_url = edge_url.rstrip("/")
    found = [_edge(edge_url, access), _of_server(server, access) if server else _of_pages(pages, access)]
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%MZ}"
    head = f"# As `python -m ramp init` found it at {at}. A line with CHANGE wants a word of yours."
    lines = [head, *found[0].lines, *found[1].lines]
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise Invalid("--write-release", [f"{file} is there already; name another with --write-release=FILE"]) from None
    return [*found[0].to_do, *found[1].to_do]


def _edge(url: str, access: Access | None) -> Shown:
    """Who answers there, by the usual routing key. Raises NoEvidence."""
    key, path = CanaryRouting(), "/"
    authority = Access(ca_file=access.ca_file) if access and access.ca_file else None
    said = {
        value: http.ask(url + path, headers={key.header: value}, access=authority)
        for value in (key.canary, key.control)
    }
    named = {
        value: (answer.headers.get("X-Release-Version"), answer.headers.get("X-Release-Commit"))
        for value, answer in said.items()
    }
    version, commit = named[key.canary]
    to_do = []
    if not version or not commit:
        to_do.append("version and commit: the answers name none; let each carry X-Release-Version and X-Release-Commit")
    elif named[key.canary] == named[key.control]:
        to_do.append(
            f"[canary]: {key.header}: {key.canary} and {key.control} are both answered by {version}; name the header "
            "by which your edge sends a request to the canary"
        )
    today = f"v{datetime.now(UTC):%Y%m%d}.1"
    mark = "" if version and commit else "    # CHANGE: the edge names none"
    document = _document(url, authority)
    return Shown(
        (
            f"version = {json.dumps(version or today)}{mark}",
            f"commit = {json.dumps(commit or _NOBODY)}{mark}",
            'target = "real"',
            "",
            f"[canary]    # {'CHANGE: ' if to_do else ''}the header that sends a request to one slice",
            f"header = {json.dumps(key.header)}",
            f"canary = {json.dumps(key.canary)}",
            f"control = {json.dumps(key.control)}",
            "",
            "[real]",
            f"edge_url = {json.dumps(url)}",
            *_access(authority),
            *([f"openapi_url = {json.dumps(document)}", *_access(authority, "openapi_")] if document else []),
        ),
        tuple(to_do),
    )


def _document(edge_url: str, access: Access | None) -> str | None:
    """Where the OpenAPI document is, if it is where it usually is."""
    url = f"{edge_url}/openapi.json"
    try:
        said = json.loads(http.get_text(url, access=access))
    except (NoEvidence, ValueError, RecursionError):
        return None
    return url if isinstance(said, dict) and str(said.get("openapi", "")).startswith("3.") else None


def _of_pages(urls: Sequence[str], access: Access | None) -> Shown:
    """The first is the canary's, the second control's, unless their series say whose they are. Raises NoEvidence."""
    there = [metric for url in urls for metric in metrics_there.of_page(url, access)]
    found = _without_probes(detected(there), there)
    names = ", ".join(sorted(metric.family for metric in there)[:8])
    to_do = [] if found.is_something else [f"[real.series]: no requests were recognised among {names}"]
    lines = [f"preset = {json.dumps(list(found.presets))}    # {_read(found)}"] if found.presets else []
    for number, url in enumerate(urls):
        lines += ["", "[[real.scrapes]]", f"url = {json.dumps(url)}", *_access(access)]
        lines += [] if found.slices else [f"slice = {json.dumps(('canary', 'control')[min(number, 1)])}"]
    if not found.slices and len(urls) == 1:
        to_do.append("[[real.scrapes]]: add control's page, for this one is of one slice")
        lines += ["", "# CHANGE: control's page", "# [[real.scrapes]]", '# url = "http://..."', '# slice = "control"']
    lines += table(found)
    return Shown((*lines, *_buckets(found, there)), tuple(to_do))


def _of_server(url: str, access: Access | None) -> Shown:
    """Raises NoEvidence."""
    there = metrics_there.of_server(url, access)
    found = _without_probes(detected(there), there)
    asked, lacking = selectors(found, there)
    slices = found.slices or ("CHANGE", "canary", "control")
    to_do = [f"[real.prometheus]: {lacking}"] if lacking else []
    if found.slices is None:
        of = histogram_of(found, there)
        named = ", ".join(sorted(of.labels)) if of else "none"
        to_do.append(f"[real.prometheus] slices: no label tells canary from control (there are {named}); name one")
    label, canary, control = map(json.dumps, slices)
    lines = [
        "",
        "[real.prometheus]",
        f"url = {json.dumps(url)}",
        *_access(access),
        f"slices = {{ label = {label}, canary = {canary}, control = {control} }}",
        "",
        f"[real.prometheus.signals]    # {_read(found)}",
        *asked,
    ]
    return Shown((*lines, *_buckets(found, there)), tuple(to_do))


def _without_probes(found: Detected, there: Sequence[MetricSeen]) -> Detected:
    """The same, but for health probes among what is timed, which drown what users get."""
    of, row = histogram_of(found, there), rows_of(found).get(LATENCY_S, {})
    probes = probes_in(of.labels) if of else {}
    if not probes:
        return found
    return found._replace(series={**found.series, LATENCY_S: {**row, "drop": {**row.get("drop", {}), **probes}}})


def _access(access: Access | None, of: str = "") -> Sequence[str]:
    """The line that says it, where there is one."""
    return [f"{of}access = {inline(access.model_dump(exclude_defaults=True))}"] if access else []


def _read(found: Detected) -> str:
    return f"recognised: {', '.join(found.presets)}" if found.presets else "recognised by name and labels"


def _buckets(found: Detected, there: Sequence[MetricSeen]) -> Sequence[str]:
    """What the boundaries of its latency are good for."""
    of = histogram_of(found, there)
    if of is None or not of.bounds:
        return ["", "# No latency histogram was recognised: without one the gate latency sees nothing."]
    bounds_s = [bound / 1000 if max(of.bounds) > 60 else bound for bound in of.bounds]
    if _LIMIT_S in bounds_s:
        return []
    return ["", f"# {of.family} has no bound at {_LIMIT_S:g} s: those beside it decide where they settle it."]
