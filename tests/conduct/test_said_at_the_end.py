"""What a ramp came to stands at the end of what a terminal says, and nothing of it twice."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from conduct.commands.rehearse import said_at_the_end
from conduct.conclusion import Conclusion
from ramp.decision import Action, decide
from ramp.verdict import Colour, Verdict

RUN = SimpleNamespace(folder=Path("runs/1"))


@pytest.mark.parametrize(
    ("colour", "said"),
    [
        (Colour.GREEN, "\nCONTINUE after stage_10\nNext: go on to stage_25\n"),
        (Colour.YELLOW, "\nCONTINUE after stage_10: 1 of 2 checks GREEN; YELLOW: markup YELLOW at stage_10: says so"),
        (Colour.RED, "\nHOLD after stage_10: markup RED at stage_10: says so"),
    ],
)
def test_the_last_decision_and_why_where_not_all_is_green(plan, capsys, colour, said):
    found = {
        check: Verdict(check=check, moment="stage_10", colour=of, why="says so")
        for check, of in (("share", Colour.GREEN), ("markup", colour))
    }
    decision = decide(plan, "stage_10", found, 15, required=list(found))
    last = Conclusion(verdicts=list(found.values()), decision=decision)
    said_at_the_end(SimpleNamespace(conduct=lambda: 0, conclusions=[last], came_to=decision.action), RUN)
    assert said in capsys.readouterr().out


def test_what_keeps_the_ramp_from_going_on_after_the_last_decision_is_said(plan, capsys):
    decision = decide(plan, "stage_10", {}, 15, required=[])
    last = Conclusion(verdicts=[], decision=replace(decision, action=Action.CONTINUE))
    of = SimpleNamespace(conduct=lambda: 10, conclusions=[last], came_to=Action.HOLD, held_by="SHARE")
    said_at_the_end(of, RUN)
    assert "HOLD since, by SHARE: see runs/1/page.html" in capsys.readouterr().out
