"""A gate's trend as an inline SVG drawing: canary, control and limit, without scripts or fonts of its own."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from ramp.units import show
from ramp.verdict import Colour, TrendPoint, Verdict
from reports.bars import bars

WIDTH, HEIGHT = 360, 120
LEFT, RIGHT, TOP, BOTTOM = 6, 244, 10, 98
LABEL_GAP = 14


def chart(verdict: Verdict) -> Markup:
    """The trend of `verdict` as an `<svg>`, shaded from when its breach counted. With fewer than two looks that had a
    value: nothing where it is GREEN, else its figures as bars, or that there is none."""
    if sum(canary is not None for _, canary, _ in verdict.trend) < 2:
        return Markup() if verdict.colour is Colour.GREEN else bars(verdict)
    seen = [value for _, canary, control in verdict.trend for value in (canary, control) if value is not None]
    bounds = [*seen, verdict.limit] if verdict.limit is not None else seen
    scale = _Scale([at for at, _, _ in verdict.trend], bounds)
    canary = [(at, value) for at, value, _ in verdict.trend]
    control = [(at, value) for at, _, value in verdict.trend]
    since = breach_since(verdict)
    parts = [*_breach(scale, since), _axis(scale)]
    parts += [
        f'<path class="control" d="{_path(scale, control)}"/>',
        f'<path class="canary" d="{_path(scale, canary)}"/>',
    ]
    parts += _labels(scale, verdict, _last(canary), _last(control))
    counted = f"; it counts since minute {since:g}" if since is not None else ""
    name = escape(f"{verdict.check} over time: canary, control and limit{counted}")
    return Markup(  # noqa: S704 - numbers, and names escaped above
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">{"".join(parts)}</svg>'
    )


def breach_since(verdict: Verdict) -> float | None:
    """The minute of the moment since which what `verdict` tells of counts: for as long as it was RED or blind, else
    since an open breach has been on its side of the limit; None where nothing counts."""
    if verdict.colour is Colour.GREEN or not verdict.trend:
        return None
    last = verdict.trend[-1][0]
    if for_min := max(verdict.red_min, verdict.blind_min):
        return max(last - for_min, verdict.trend[0][0])
    is_breach = verdict.colour is Colour.RED or verdict.open_breach
    return _beyond_since(verdict.trend, verdict.limit) if is_breach else None


def _beyond_since(trend: Sequence[TrendPoint], limit: float | None) -> float | None:
    known = [(at, value) for at, value, _ in trend if value is not None]
    if limit is None or not known or known[-1][1] == limit:
        return None
    is_over, since = known[-1][1] > limit, known[-1][0]
    for at, value in reversed(known):
        if value == limit or (value > limit) != is_over:
            break
        since = at
    return since


class _Scale:
    """Minutes and values to coordinates, with a little air above and below."""

    def __init__(self, minutes: Sequence[float], values: Sequence[float]) -> None:
        self.first, self.last = min(minutes), max(minutes)
        air = (max(values) - min(values)) * 0.08 or abs(max(values)) * 0.08 or 1.0
        self.low, self.high = min(values) - air, max(values) + air

    def x(self, minute: float) -> float:
        return LEFT + (RIGHT - LEFT) * (minute - self.first) / ((self.last - self.first) or 1.0)

    def y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low)


def _path(scale: _Scale, points: Iterable[tuple[float, float | None]]) -> str:
    """Straight lines between neighbouring looks; a look without a value leaves a gap."""
    path, drawing = "", False
    for minute, value in points:
        if value is not None:
            path += f"{'L' if drawing else 'M'}{scale.x(minute):.1f},{scale.y(value):.1f}"
        drawing = value is not None
    return path


def _last(points: Sequence[tuple[float, float | None]]) -> float | None:
    return next((value for _, value in reversed(points) if value is not None), None)


def _axis(scale: _Scale) -> str:
    return (
        f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{BOTTOM}" y2="{BOTTOM}"/>'
        f'<text class="axis" x="{LEFT}" y="{BOTTOM + 16}">{scale.first:g} min</text>'
        f'<text class="axis" x="{RIGHT}" y="{BOTTOM + 16}" text-anchor="end">{scale.last:g} min</text>'
    )


def _breach(scale: _Scale, since: float | None) -> list[str]:
    """The time for which the breach has counted, shaded behind the lines."""
    if since is None:
        return []
    from_x = scale.x(since)
    return [
        f'<rect class="breach" x="{from_x:.1f}" y="{TOP}" width="{max(RIGHT - from_x, 1.5):.1f}"'
        f' height="{BOTTOM - TOP}"/>'
    ]


def _labels(scale: _Scale, verdict: Verdict, canary: float | None, control: float | None) -> list[str]:
    """The limit's line, and each line's name and last value at its right end, moved apart where they would touch."""
    ends = {"limit": verdict.limit, "canary": canary, "control": control}
    placed = sorted((scale.y(value), name, value) for name, value in ends.items() if value is not None)
    parts, below = [], float(TOP)
    room = BOTTOM - LABEL_GAP * (len(placed) - 1)
    for index, (y, name, value) in enumerate(placed):
        if name == "limit":
            parts.append(f'<line class="limit" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        at = min(max(y, below), room + LABEL_GAP * index)
        below = at + LABEL_GAP
        label = escape(f"{name} {show(value, verdict.unit)}")
        parts.append(f'<text class="{name}" x="{RIGHT + 6}" y="{at + 4:.1f}">{label}</text>')
    return parts
