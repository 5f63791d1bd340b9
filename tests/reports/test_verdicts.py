"""A check that crashes says where, in its verdict."""

import json

import pytest

from ramp.verdict import Colour, Verdict
from reports.verdicts import missing, taken_back


def raised_by(does, *given) -> BaseException:
    with pytest.raises(BaseException) as raised:
        does(*given)
    return raised.value


@pytest.mark.parametrize(
    ("does", "given", "said"),
    [
        (Verdict.from_record, ({},), "the check crashed with KeyError at ramp/verdict.py, line "),
        (json.loads, ("{",), "the check crashed with JSONDecodeError at tests/reports/test_verdicts.py, line "),
        (pytest.skip, ("not today",), "the check was skipped at tests/reports/test_verdicts.py, line "),
    ],
)
def test_a_crash_names_the_file_and_line_of_the_project(request, does, given, said):
    """Not those of a library, in which nobody would mend it."""
    verdict = missing(request.node, "cost", "stage_10", raised_by(does, *given))

    assert verdict.colour is Colour.NO_DATA
    assert verdict.why.startswith(said) and verdict.why.rpartition(" ")[2].isdigit()


def test_a_crash_after_the_verdict_takes_it_back(request):
    """A fixture that fails in its teardown, say."""
    green = Verdict(check="cost", moment="stage_10", colour=Colour.GREEN, why="1 <= 2")

    verdict = taken_back(request.node, green, raised_by(Verdict.from_record, {}), "teardown")

    assert verdict.colour is Colour.NO_DATA
    assert verdict.why.startswith("the check crashed with KeyError at ramp/verdict.py, line ")
    assert verdict.why.endswith(", in its teardown after it had found GREEN")
