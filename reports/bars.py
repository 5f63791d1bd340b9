"""A gate's figures of one look as an inline SVG drawing: canary, control and limit beside each other."""

from markupsafe import Markup, escape

from ramp.units import show
from ramp.verdict import Verdict

WIDTH, ROW, LEFT, LONGEST = 360, 26, 62, 170


def bars(verdict: Verdict) -> Markup:
    """Each figure that `verdict` has, to the scale of the greatest; that there is none, where it has none."""
    named = {"canary": verdict.value, "control": verdict.control, "limit": verdict.limit}
    known = {name: value for name, value in named.items() if value is not None}
    if verdict.value is None:
        blind = f" for {verdict.blind_min:.0f} min" if verdict.blind_min else ""
        said = f"no figure{blind}"
        text = f'<rect class="blind" x="1" y="6" width="{WIDTH - 2}" height="{ROW}"/>'
        return _svg(f"{verdict.check}: {said}", ROW + 12, [f'{text}<text class="axis" x="12" y="23">{said}</text>'])
    greatest = max(map(abs, known.values())) or 1.0
    rows = []
    for place, (name, value) in enumerate(known.items()):
        y, length = place * ROW + 6, max(LONGEST * abs(value) / greatest, 1.5)
        rows.append(
            f'<text class="{name}" x="0" y="{y + 13}">{name}</text>'
            f'<rect class="{name}" x="{LEFT}" y="{y}" width="{length:.1f}" height="16"/>'
            f'<text class="{name}" x="{LEFT + length + 6:.1f}" y="{y + 13}">{escape(show(value, verdict.unit))}</text>'
        )
    return _svg(f"{verdict.check}: {', '.join(known)}", ROW * len(known) + 6, rows)


def _svg(name: str, height: int, parts: list[str]) -> Markup:
    return Markup(  # noqa: S704 - numbers, and names escaped here
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(name)}">{"".join(parts)}</svg>'
    )
