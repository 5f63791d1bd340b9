"""What a ramp came to stands at the end of what a terminal says, and nothing of it twice."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from conduct.commands.rehearse import said_at_the_end
from conduct.conclusion import Conclusion
from ramp.decision import decide
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
    said_at_the_end(SimpleNamespace(conduct=lambda: 0, conclusions=[last]), RUN)
    assert said in capsys.readouterr().out
