"""Caps that were confirmed at GO+30 stay in force: any later change is RED in every run of the release."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conduct.caps_in_force import caps_in_force
from conduct.conclusion import conclude, open_journal
from conduct.run import PLAN_FILE
from ramp.caps import Caps
from ramp.caps_in_force import IN_FORCE, LIFTED, changed, confirmed_by, in_force
from ramp.observation import NoEvidence
from ramp.verdict import Colour, Verdict
from reports.journal import FILE, read
from tests.journals import forge, lines_of

OWNERS = Caps(100, 2000, 150_000)
AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CAPS_CHECKS = ("caps_rules", "caps_refused", "caps_target")


@pytest.fixture
def beside(rehearsed, tmp_path):
    """`beside(number)`: a run of the release in a folder of its own, beside the others'."""
    run = rehearsed(secrets={})

    def in_folder(number):
        folder = tmp_path / "runs" / str(number)
        return replace(run, folder=folder, site=replace(run.site, folder=folder))

    return in_folder


def verdicts(colours):
    return [
        Verdict(check=check, moment="go_plus_30", colour=colour, why="said so") for check, colour in colours.items()
    ]


def concluded(run, moment, **changes):
    given = dict.fromkeys(run.plan.required(moment), Colour.GREEN) | changes
    told = {check: Verdict(check=check, moment=moment, colour=colour, why="-") for check, colour in given.items()}
    with open_journal(run, [moment]) as journal:
        conclude(journal, run, moment, told)
    return [record for record in read(run.folder) if record["kind"] == IN_FORCE]


def with_caps(plan, **caps):
    return plan.model_copy(update={"caps": plan.caps.model_copy(update=caps)})


def test_caps_that_were_confirmed_are_in_force_in_every_run_beside(beside):
    (record,) = concluded(beside(1), "go_plus_30")

    assert Caps(record["count_max"], record["amount_cents_max"], record["total_cents_max"]) == OWNERS
    assert caps_in_force(beside(1)).caps == caps_in_force(beside(2)).caps == OWNERS


@pytest.mark.parametrize("check", CAPS_CHECKS)
@pytest.mark.parametrize("colour", [Colour.RED, Colour.NO_DATA])
def test_caps_of_which_one_check_is_red_or_blind_are_not_confirmed(beside, check, colour):
    assert concluded(beside(1), "go_plus_30", **{check: colour}) == []
    assert caps_in_force(beside(2)) is None


def test_caps_that_a_real_target_only_says_that_it_enforces_are_in_force(beside):
    """YELLOW holds until somebody signs it off, and the caps stay what they were said to be."""
    assert concluded(beside(1), "go_plus_30", caps_target=Colour.YELLOW)


@pytest.mark.parametrize("moment", ["caps", "stage_10", "t_minus_10"])
def test_only_the_thirty_minutes_confirm_them(beside, plan, moment):
    assert not confirmed_by(plan, moment, verdicts(dict.fromkeys(plan.required(moment), Colour.GREEN)))


@pytest.mark.parametrize(
    "caps", [{"count_max": 101}, {"count_max": 99}, {"amount_cents_max": 2001}, {"total_cents_max": 1}]
)
def test_any_change_is_red_until_it_is_put_back(beside, plan, caps):
    concluded(beside(1), "go_plus_30")
    confirmed = caps_in_force(beside(2))

    verdict = changed(with_caps(plan, **caps), "t_minus_10", "payments_settle", confirmed)

    ((name, now),) = caps.items()
    assert verdict.colour is Colour.RED and verdict.tag_ceo
    assert f"{name} was {getattr(OWNERS, name)} and is {now}" in verdict.reason
    assert changed(plan, "t_minus_10", "payments_settle", confirmed) is None


def test_caps_that_are_confirmed_again_with_other_numbers_stay_the_first(beside, plan):
    concluded(beside(1), "go_plus_30")
    concluded(replace(beside(2), plan=with_caps(plan, count_max=1000)), "go_plus_30")

    assert caps_in_force(beside(3)).caps == OWNERS


def test_the_close_out_lifts_them(plan):
    record = {"kind": IN_FORCE, "at_utc": AT.isoformat(), **vars(OWNERS)}
    lifted = {"kind": LIFTED, "at_utc": (AT + timedelta(hours=4)).isoformat()}

    assert in_force([lifted, record]) is None
    assert in_force([record]).caps == OWNERS
    assert changed(with_caps(plan, count_max=1000), "caps", "caps_rules", None) is None


def test_another_release_and_a_rehearsal_are_none_of_its_runs(beside):
    concluded(beside(1), "go_plus_30")
    run = beside(2)
    for other in ({"version": "v20261125.1"}, {"target": "real"}):
        release = run.release.model_copy(update=other)
        assert caps_in_force(replace(run, site=replace(run.site, release=release))) is None


def test_a_run_that_died_while_it_wrote_hides_nothing(beside):
    run = beside(1)
    concluded(run, "go_plus_30")
    with (run.folder / FILE).open("ab") as torn:
        torn.write(b'{"kind": "verdi')

    assert caps_in_force(beside(2)).caps == OWNERS


@pytest.mark.parametrize("wrong", [{"count_max": "100"}, {"count_max": -1}, {"at_utc": "then"}, {"count_max": None}])
def test_a_record_that_is_none_is_no_data(beside, wrong):
    run = beside(1)
    concluded(run, "go_plus_30")
    forge(run.folder, [line | wrong if line["kind"] == IN_FORCE else line for line in lines_of(run.folder)])

    with pytest.raises(NoEvidence, match=r"not a whole caps_in_force|do not say which caps are in force"):
        caps_in_force(beside(2))


def test_a_check_of_payments_is_red_before_anything_is_tried(judged, tmp_path):
    """Under pytest as it is typed: the plan's caps and the owner's sentence were both raised after the GO."""
    first = judged("go_plus_30")
    assert first.verdicts["caps_rules"].colour is Colour.GREEN, first.output
    plan = (tmp_path / "other.toml").resolve()
    text = (PLAN_FILE.read_text("utf-8")).replace("count_max = 100", "count_max = 1000").replace("100 tx", "1000 tx")
    plan.write_text(text)

    second = judged("caps", args=[f"--plan={plan}", f"--run={tmp_path / 'second'}"])

    assert second.status == 10
    assert "checks/test_caps.py RRR" in second.output
    assert "3 RED in" in second.output and "count_max was 100 and is 1000" in second.output
