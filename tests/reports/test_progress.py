"""The line that says how far a hold is, and how its gates are."""

from ramp.verdict import Colour
from reports.progress import Progress

FINE = {"errors": Colour.GREEN, "latency": Colour.GREEN}


def test_a_hold_says_how_each_gate_is_the_worst_first(plan, capsys):
    """Whoever watches hears of it before the hold is over."""
    tell, stage = Progress(), plan.moment("stage_10")
    tell(stage, 15, 15, "237.4/s", FINE | {"latency": Colour.RED, "cache": Colour.NO_DATA, "cost": Colour.YELLOW})
    tell(stage, 15, 15, "237.4/s", FINE)
    tell(stage, 15, 15)

    assert capsys.readouterr().err.splitlines() == [
        "stage_10: observed 15 of 15 min; RED, so its clock stands: latency; NO DATA: cache; YELLOW: cost; 1 GREEN; "
        "load 237.4/s",
        "stage_10: observed 15 of 15 min; 2 GREEN; load 237.4/s",
        "stage_10: observed 15 of 15 min",
    ]


def test_a_log_has_a_line_as_soon_as_a_gate_changes_its_colour_and_no_more(plan, capsys):
    tell, stage = Progress(), plan.moment("stage_10")
    for minute, latency in enumerate([Colour.GREEN, Colour.GREEN, Colour.RED, Colour.RED, Colour.GREEN], start=1):
        tell(stage, minute, 15, "", FINE | {"latency": latency})

    assert capsys.readouterr().err.splitlines() == [
        "stage_10: observed 1 of 15 min; 2 GREEN",
        "stage_10: observed 3 of 15 min; RED, so its clock stands: latency; 1 GREEN",
        "stage_10: observed 5 of 15 min; 2 GREEN",
    ]
