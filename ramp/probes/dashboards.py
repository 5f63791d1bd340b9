"""B3, C2: every dashboard loads, for the CEO and for an SRE lead."""

from collections.abc import Sequence

from ramp.dashboards import ROLES, Loaded, Viewer
from ramp.plan import Plan
from ramp.release import Release
from ramp.units import Unit
from ramp.validation import nearest
from ramp.verdict import Colour, Verdict, no_data

CHECK = "dashboards"
_WHO = {"ceo": "the CEO", "sre_lead": "an SRE lead"}


def judge_dashboards(plan: Plan, moment: str, release: Release, loaded: Sequence[Loaded]) -> Verdict:
    """RED for an area without a dashboard and for one that did not load; NO DATA for one that nobody looked at with a
    role's eyes."""
    areas = [board.area for board in release.dashboards]
    wrong = [f"{area} has no dashboard" for area in plan.dashboards.areas if area not in areas]
    wrong += [
        f"'{area}' is no area of the plan.{nearest(area, plan.dashboards.areas)}"
        for area in areas
        if area not in plan.dashboards.areas
    ]
    wrong += [_of(each.area, each.viewer, each.problem) for each in loaded if each.problem and each.is_known]
    unknown = [_of(each.area, each.viewer, each.problem) for each in loaded if not each.is_known]
    looked = {(each.area, each.viewer) for each in loaded}
    due = [(area, viewer) for area in areas for viewer in ROLES]
    unknown += [_of(*pair, "nobody looked") for pair in due if pair not in looked]
    fine = sum(not each.problem for each in loaded)
    notes = (*[*wrong, *unknown][1:], *(f"{board.area}: {board.url}" for board in release.dashboards))
    if not wrong and not unknown:
        words = [who for viewer, who in _WHO.items() if any(each.by_word for each in loaded if each.viewer == viewer)]
        by_word = f", by the word of {' and '.join(words)}" if words else ""
        why = f"{len(areas)} dashboards load for the CEO and for an SRE lead{by_word}"
        return _say(moment, Colour.GREEN, why, fine, len(loaded), notes)
    if not wrong:
        or_word = "or whoever it is for writes LOADS below the one-pager"
        return no_data(CHECK, moment, f"{_first(unknown)}; {or_word}", notes=notes)
    return _say(moment, Colour.RED, _first([*wrong, *unknown]), fine, len(loaded), notes)


def _first(said: Sequence[str]) -> str:
    return said[0] + (f"; and {len(said) - 1} more" if len(said) > 1 else "")


def _of(area: str, viewer: Viewer, problem: str) -> str:
    return f"{area} for {_WHO[viewer]}: {problem}"


def _say(moment: str, colour: Colour, why: str, fine: int, n: int, notes: tuple[str, ...]) -> Verdict:
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=fine,
        limit=n,
        tag_ceo=colour is not Colour.GREEN,
        notes=notes,
    )
