"""The line that says how far a hold is."""

from reports.progress import Progress


def test_a_hold_beside_something_red_says_that_its_clock_stands(plan, capsys):
    """Whoever watches hears of it before the hold is over."""
    tell, stage = Progress(), plan.moment("stage_10")
    tell(stage, 15, 15, "237.4/s", ("latency", "errors"))
    tell(stage, 15, 15, "237.4/s")
    tell(stage, 15, 15)

    assert capsys.readouterr().err.splitlines() == [
        "stage_10: observed 15 of 15 min; RED, so its clock stands: latency, errors; load 237.4/s",
        "stage_10: observed 15 of 15 min; load 237.4/s",
        "stage_10: observed 15 of 15 min",
    ]
