"""B4: the one-pager says all that the owner asks for, and what it says is so."""

from pathlib import Path

import pytest

from conduct.run import load_plan, load_release
from ramp.one_pager import one_pager, page_text
from ramp.probes.one_pager import OnePagerSeen, judge_one_pager, not_to_be_posted
from ramp.release import Release
from ramp.repository import TaggedCommit, is_earlier
from ramp.verdict import Colour, Verdict

PLAN = load_plan()
RELEASE = load_release(Path("release.toml"), PLAN, []).model_copy(
    update={"rollback_command": "shop-rollback", "runbook_url": "https://runbooks.example.com/rollback"}
)
TAGGED = TaggedCommit(tagged=RELEASE.commit, previous="v20261117.1", migrations=())


def text(release: Release = RELEASE, tagged: TaggedCommit = TAGGED) -> str:
    return page_text(one_pager(PLAN, release, tagged, release.rollback_command))


def judged(release: Release = RELEASE, **of: object) -> Verdict:
    return judge_one_pager(PLAN, "go_plus_30", release, seen_of(release, **of))


def seen_of(release: Release = RELEASE, **of: object) -> OnePagerSeen:
    seen = {
        "rollback_command": release.rollback_command,
        "tagged": TAGGED,
        "why_untagged": "",
        "not_there": (),
        "unseen": (),
        "pinned": (text(),),
        "why_unpinned": "",
    }
    return OnePagerSeen(**seen | of)  # type: ignore[arg-type]


def test_what_is_whole_true_and_pinned_is_green() -> None:
    assert judged().colour is Colour.GREEN


def test_a_pin_as_slack_gives_it_back_is_the_same() -> None:
    given_back = text().replace("&", "&amp;").replace("https://runbooks", "<https://runbooks").replace("\n", "\n\n")
    assert judged(pinned=("another pin", given_back)).colour is Colour.GREEN


@pytest.mark.parametrize("part", ["1 % for 15 min", "100 payments, $20.00 each", "x-canary: always", "120 s"])
def test_the_page_says_how_far_it_can_reach(part: str) -> None:
    assert part in text()


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ({"scope": " "}, "Scope is missing: write scope ="),
        ({"migrations": None}, "Data changes or migrations is missing: write migrations = true or false"),
        ({"rollback_command": None}, "Rollback is missing"),
        ({"runbook_url": None}, "Runbook is missing"),
    ],
)
def test_a_line_that_is_missing_is_red_and_says_what_to_write(lacks: dict[str, object], said: str) -> None:
    verdict = judged(RELEASE.model_copy(update=lacks))
    assert verdict.colour is Colour.RED
    assert said in verdict.why


@pytest.mark.parametrize(
    ("tagged", "migrations", "said"),
    [
        (TaggedCommit(tagged=None, previous="v1", migrations=()), False, "there is no tag v20261124.1"),
        (TaggedCommit(tagged="f" * 40, previous="v1", migrations=()), False, "is on ffffffffffff, the release file"),
        (
            TaggedCommit(tagged=RELEASE.commit, previous="v1", migrations=("db/1.sql",)),
            False,
            "since v1 there is db/1.sql",
        ),
        (TaggedCommit(tagged=RELEASE.commit, previous="v1", migrations=()), True, "nothing changed in their folder"),
    ],
)
def test_what_the_repository_gainsays_is_red(tagged: TaggedCommit, migrations: bool, said: str) -> None:
    verdict = judged(RELEASE.model_copy(update={"migrations": migrations}), tagged=tagged)
    assert verdict.colour is Colour.RED
    assert said in verdict.why


def test_what_is_not_there_is_red() -> None:
    assert judged(not_there=("the rollback command shop-rollback is no program here",)).colour is Colour.RED


@pytest.mark.parametrize(
    "of",
    [
        {"tagged": None, "why_untagged": "no git repository"},
        {"tagged": TaggedCommit(tagged=RELEASE.commit, previous=None, migrations=None)},
        {"pinned": None, "why_unpinned": "missing_scope"},
    ],
)
def test_what_nobody_can_tell_is_no_data(of: dict[str, object]) -> None:
    assert judged(**of).colour is Colour.NO_DATA


@pytest.mark.parametrize("pinned", [(), ("another page",), (text().replace("15 min", "5 min"),)])
def test_a_pin_that_is_gone_or_says_anything_else_is_red(pinned: tuple[str, ...]) -> None:
    assert judged(pinned=pinned).colour is Colour.RED


def test_releases_are_in_the_order_of_their_numbers() -> None:
    assert is_earlier("v20261124.9", "v20261124.10")
    assert not is_earlier("v20261124.10", "v20261124.9")
    assert not is_earlier("v20261124.1", "v20261124.1")
    assert not is_earlier("nightly-20261123.1", "v20261124.1")
    assert is_earlier("1.9.0", "1.10.0")


@pytest.mark.parametrize(
    ("changed", "of", "why"),
    [
        ({}, {}, None),
        ({}, {"not_there": ("the runbook is not there",)}, "the runbook is not there"),
        ({}, {"unseen": ("the runbook cannot be seen",)}, "the runbook cannot be seen"),
        ({"scope": ""}, {}, "Scope is missing"),
        ({"scope": "ask dana.whitfield@example.org"}, {}, "Scope holds a secret or personal data"),
        ({}, {"rollback_command": "abort --key hunter2hunter2"}, "Rollback holds a secret or personal data"),
    ],
)
def test_only_what_is_whole_true_and_for_everybody_is_posted(
    changed: dict[str, str], of: dict[str, object], why: str | None
) -> None:
    release = RELEASE.model_copy(update=changed)
    said = not_to_be_posted(PLAN, release, seen_of(release, **of), ("hunter2hunter2",))
    assert (said is None) if why is None else (said or "").startswith(why)
