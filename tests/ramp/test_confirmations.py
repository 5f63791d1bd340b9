"""B6: a line is confirmed once, in time or late, and taken back by whatever is worse later."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.confirmations import CHECK, Heard, confirmations
from ramp.probes.confirmed_in_time import Confirmed, judge_confirmed_in_time
from ramp.verdict import Colour, Verdict

PLAN, MOMENT = load_plan(), "go_plus_30"
GO = datetime(2026, 11, 24, 8, tzinfo=UTC)
OTHERS = [check for check in PLAN.required(MOMENT) if check != CHECK]


def heard(minute: float, colour: Colour = Colour.GREEN, *checks: str, moment: str = MOMENT, posted: bool = True):
    at = GO + timedelta(minutes=minute)
    return [Heard(at_utc=at, moment=moment, check=check, colour=colour, is_posted=posted) for check in checks or OTHERS]


def lines(*told: list[Heard]) -> dict[str, float | None]:
    found = confirmations(PLAN, MOMENT, GO, [each for of in told for each in of])
    return {line.id: line.at_utc and (line.at_utc - GO) / timedelta(minutes=1) for line in found}


def judged(minute: float, *told: list[Heard], acknowledged: bool | None = False) -> Verdict:
    now = GO + timedelta(minutes=minute)
    found = confirmations(PLAN, MOMENT, GO, [each for of in told for each in of])
    seen = Confirmed(lines=found, now_utc=now, acknowledged=acknowledged, why_unacknowledged="no token")
    return judge_confirmed_in_time(PLAN, MOMENT, seen)


def test_each_line_of_the_moment_is_confirmed_by_the_first_posted_card_with_all_of_it_green():
    assert lines(heard(12), heard(20)) == dict.fromkeys(["B1", "B2", "B3", "B4", "B5", "B7"], 12)


@pytest.mark.parametrize(
    "told",
    [
        [],
        heard(12, posted=False),
        heard(12, moment="caps"),
        heard(-5),
        heard(12, Colour.YELLOW),
        heard(12, Colour.GREEN, "caps_rules", "caps_refused"),
    ],
)
def test_nothing_else_confirms(told):
    assert lines(told)["B5"] is None


def test_what_is_worse_later_takes_its_line_back_wherever_that_is_found():
    worse = heard(25, Colour.RED, "caps_target", moment="caps", posted=False)
    assert lines(heard(12), worse) == dict.fromkeys(["B1", "B2", "B3", "B4", "B7"], 12) | {"B5": None}
    assert lines(heard(12), worse, heard(40))["B5"] == 40


def test_within_the_time_what_is_open_is_green_with_the_minutes_that_are_left():
    verdict = judged(18)
    assert verdict.colour is Colour.GREEN and verdict.value == 18 and verdict.limit == 30
    assert "B1 is to be confirmed by 08:30Z, 12 min are left" in verdict.notes
    assert judged(50, heard(12)).colour is Colour.GREEN


@pytest.mark.parametrize(("acknowledged", "colour"), [(False, Colour.RED), (None, Colour.RED), (True, Colour.GREEN)])
def test_what_is_late_stays_late_and_blocks_until_the_ceo_acknowledged_it(acknowledged, colour):
    for told in ([], heard(41)):
        verdict = judged(45, told, acknowledged=acknowledged)
        assert verdict.colour is colour and verdict.why.startswith("LATE: B1, B2, B3, B4, B5, B7, due at 08:30Z")
    assert "B2 is LATE: confirmed at 08:41Z, 11 min after 08:30Z" in verdict.notes


def test_a_moment_that_is_not_counted_from_the_go_confirms_nothing_in_time():
    seen = Confirmed(lines=confirmations(PLAN, "caps", GO, []), now_utc=GO, acknowledged=True, why_unacknowledged="")
    assert judge_confirmed_in_time(PLAN, "caps", seen).colour is Colour.NO_DATA


SAID = st.lists(
    st.builds(
        Heard,
        at_utc=st.integers(0, 90).map(lambda minute: GO + timedelta(minutes=minute)),
        moment=st.sampled_from([MOMENT, "caps"]),
        check=st.sampled_from(OTHERS),
        colour=st.sampled_from(list(Colour)),
        is_posted=st.booleans(),
    ),
    max_size=40,
)


@given(SAID, st.integers(0, 39))
def test_taking_evidence_away_confirms_nothing_earlier_but_by_taking_away_what_was_worse(said, place):
    """Of GREEN ones."""
    fewer = [each for at, each in enumerate(said) if at != place or each.colour is not Colour.GREEN]
    for more, less in zip(confirmations(PLAN, MOMENT, GO, said), confirmations(PLAN, MOMENT, GO, fewer), strict=True):
        assert less.at_utc is None or (more.at_utc is not None and more.at_utc <= less.at_utc)
