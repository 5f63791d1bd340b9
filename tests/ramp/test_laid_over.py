"""A plan that says only what it changes is the directive with those words, and nothing else of it is another."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.run import PLAN_FILE
from ramp import directive
from ramp.laid_over import laid_over
from ramp.validation import Invalid

TEXT = PLAN_FILE.read_text()
TABLE = tomllib.loads(TEXT)
ROWS = [(place, name) for place in ("gates", "probes") for name in TABLE[place]]


def plan(changes):
    return directive.parse('lays_over = "directive"\n' + changes, "mine.toml", TEXT)


def test_one_that_changes_nothing_is_the_directive():
    assert plan("") == directive.parse(TEXT)


def test_a_word_of_a_row_is_another_and_the_rest_stays():
    changed = plan('[gates.errors]\nratio_max = 0.02\n[[moments]]\nid = "stage_10"\non_yellow = "hold"\n')
    same = plan("[gates.errors]\nratio_max = 0.01\n")

    assert changed.gates.errors.ratio_max == 0.02 and changed.moment("stage_10").on_yellow == "hold"
    assert changed.moment("stage_10").hold_min == 15 and changed.gates.latency == same.gates.latency
    assert [moment.id for moment in changed.moments] == [moment.id for moment in same.moments]


@given(st.sampled_from(ROWS), st.text("abc xyz", min_size=1, max_size=40).filter(str.strip))
def test_only_the_row_that_is_named_is_another(row, reason):
    place, name = row
    over = laid_over(
        {"lays_over": "directive", place: {name: {"applies": False, "reason": reason}}}, TABLE, "mine.toml"
    )

    assert over[place].pop(name) == TABLE[place][name] | {"applies": False, "reason": reason}
    assert over == TABLE | {place: {key: of for key, of in TABLE[place].items() if key != name}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ('[[moments]]\nid = "stage_20"\n', "moments[0].id = 'stage_20': the directive has no such row"),
        ("[[moments]]\nhold_min = 15\n", "moments[0].id = None"),
        ("moments = [3]\n", "moments[0].id = None"),
        ("[gates.latncy]\nlimit_s = 0.1\n", "latncy"),
        ("[gates.latency]\nlimit_s = 0.5\n", "limit_s"),
        ("gates = 3\n", "gates"),
    ],
)
def test_what_it_cannot_change_is_refused(changes, said):
    with pytest.raises(Invalid) as refused:
        plan(changes)

    assert said in str(refused.value) and "mine.toml" in str(refused.value)


@pytest.mark.parametrize("over", ['"ramp/plan.toml"', "3", "true", '"Directive"'])
def test_it_lies_over_the_directive_alone(over):
    with pytest.raises(Invalid, match="only lays_over"):
        directive.parse(f"lays_over = {over}\n", "mine.toml", TEXT)
