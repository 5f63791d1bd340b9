"""B2: the roster names a DRI and another backup for each domain, of whom one is on call all through the ramp."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan, load_release
from ramp.probes.roster import RosterSeen, judge_roster
from ramp.release import Release
from ramp.roster import OnCall, Person, gaps
from ramp.verdict import Colour, Verdict

PLAN = load_plan()
RELEASE = load_release(Path("release.toml"), PLAN, [])
START = datetime(2026, 11, 24, 16, tzinfo=UTC)
WINDOW = (START, START + timedelta(hours=4))
ANSWERED: dict[str, float | None] = dict.fromkeys([row.dri for row in RELEASE.roster], 1.0)
KNOWN = RosterSeen(
    unknown={},
    why_unknown="",
    window=WINDOW,
    asked_at_utc=START - timedelta(minutes=7),
    answered_min=ANSWERED,
    now_utc=START,
)
ALWAYS = OnCall(time_zone="UTC", on_call=("00:00-24:00",))


def judged(release: Release = RELEASE, **of: object) -> Verdict:
    fields = {name: getattr(KNOWN, name) for name in RosterSeen.__dataclass_fields__}
    return judge_roster(PLAN, "go_plus_30", release, RosterSeen(**fields | of))


def with_rows(*rows: Person) -> Release:
    return RELEASE.model_copy(update={"roster": rows})


def test_the_roster_that_comes_along_is_whole_once_its_people_answered() -> None:
    assert judged().colour is Colour.GREEN


def test_while_nobody_was_asked_to_answer_it_is_yellow() -> None:
    assert judged(answered_min=None).colour is Colour.YELLOW


@pytest.mark.parametrize(
    ("answered", "said"), [(None, "did not answer the test page"), (5.5, "answered after 5.5 min the test page")]
)
def test_a_dri_who_answers_late_or_never_is_red(answered: float | None, said: str) -> None:
    verdict = judged(answered_min={"U0DB": answered})
    assert (verdict.colour, f"U0DB {said}" in verdict.why) == (Colour.RED, True)


def test_a_dri_who_was_asked_just_now_may_still_answer() -> None:
    verdict = judged(asked_at_utc=START - timedelta(minutes=2), answered_min=ANSWERED | {"U0DB": None})
    assert verdict.colour is Colour.NO_DATA
    assert verdict.why.startswith("U0DB did not answer the test page yet, and may for 3.0 min")


def test_without_slacks_word_nobody_knows_who_they_are() -> None:
    verdict = judged(unknown=None, why_unknown="invalid_auth")
    assert verdict.colour is Colour.NO_DATA
    assert "invalid_auth" in verdict.why


def test_a_user_whom_slack_does_not_know_is_red() -> None:
    assert judged(unknown={"U0DB": "is deactivated in Slack"}).why == "U0DB is deactivated in Slack"


def test_without_t0_nobody_knows_who_is_on_call() -> None:
    assert judged(window=None).colour is Colour.NO_DATA


def test_each_domain_is_there_once_with_two_people() -> None:
    rows = RELEASE.roster
    assert judged(with_rows(*rows[1:])).why.startswith("app/API has no DRI")
    assert judged(with_rows(*rows, rows[0])).why.startswith("app/API stands in 2 rows")
    twice = rows[0].model_copy(update={"backup": rows[0].dri})
    assert judged(with_rows(twice, *rows[1:])).why.startswith("app/API: U0APP is both DRI and backup")
    nonsense = rows[0].model_copy(update={"domain": "app"})
    assert "'app' is none of the plan's domains" in judged(with_rows(nonsense, *rows[1:])).why


def test_one_person_for_all_domains_is_red() -> None:
    verdict = judged(with_rows(*(row.model_copy(update={"dri": "U0APP"}) for row in RELEASE.roster)))
    assert "U0APP is the DRI of all 6 domains" in verdict.why


def test_somebody_without_hours_on_call_is_red() -> None:
    people = {id: person for id, person in RELEASE.people.items() if id != "U0DB"}
    assert "U0DB has neither a time zone nor hours on call" in judged(RELEASE.model_copy(update={"people": people})).why


def test_a_gap_is_named_by_domain_and_utc_time() -> None:
    people = RELEASE.people | {"U0DB": OnCall(time_zone="Europe/Berlin", on_call=("06:00-18:00",))}
    verdict = judged(RELEASE.model_copy(update={"people": people}))
    assert verdict.colour is Colour.RED
    assert "nobody is on call for DB from 2026-11-24 17:00Z to 20:00Z" in verdict.why


@pytest.mark.parametrize("role", ["ceo", "incident_commander", "sre_lead", "security_lead"])
def test_a_role_that_nobody_filled_is_red(role: str) -> None:
    given_roles = {name: value for name, value in RELEASE.roles.model_dump().items() if name != role}
    release = RELEASE.model_copy(update={"roles": type(RELEASE.roles)(**given_roles)})
    assert f"roles.{role} is not filled" in judged(release).why


@pytest.mark.parametrize(("role", "other"), [("sre_lead", "ceo"), ("incident_commander", "sre_lead")])
def test_where_two_people_are_asked_for_one_is_not_enough(role: str, other: str) -> None:
    roles = type(RELEASE.roles)(**RELEASE.roles.model_dump() | {role: getattr(RELEASE.roles, other)})
    assert "two people are asked for" in judged(RELEASE.model_copy(update={"roles": roles})).why


def test_an_escalation_path_has_two_steps() -> None:
    assert "1 of at least 2 steps" in judged(RELEASE.model_copy(update={"escalation": ("U0IC", "U0IC")})).why


hours = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda pair: pair[0] != pair[1])


@given(
    st.lists(hours, min_size=1, max_size=3, unique=True), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"])
)
def test_taking_somebody_off_call_never_closes_a_gap(spans: list[tuple[int, int]], zone: str) -> None:
    told = OnCall(time_zone=zone, on_call=tuple(f"{start:02d}:00-{end:02d}:00" for start, end in spans))
    row = Person(domain="DB", dri="A", backup="B")

    def open_min(people: dict[str, OnCall]) -> float:
        return sum((gap.until_utc - gap.from_utc).total_seconds() / 60 for gap in gaps([row], people, *WINDOW))

    assert open_min({"A": told, "B": ALWAYS}) == 0
    assert open_min({}) == 240 >= open_min({"A": told})
