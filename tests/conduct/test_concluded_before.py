"""What was concluded before a moment is found in the journals: on a real target of all runs, else of this one."""

from dataclasses import replace

import pytest

from conduct.conclusion import conclude, open_journal
from ramp.decision import Action
from ramp.target import ScrapeEndpoint, Target
from ramp.verdict import Colour, Verdict
from reports.journal import FILE, read
from tests.journals import forge, lines_of

NOWHERE = "http://127.0.0.1:9"
COLOURLESS = (
    '{"kind": "verdict", "at_utc": "2026-11-24T08:00:00Z", "check": "restore", "moment": "caps", "colour": 5}\n'
)
BEFORE = ("go_plus_30", "go_plus_60")
MISSING = "go_plus_30, go_plus_60 not concluded for this release"


@pytest.fixture
def rehearsal(rehearsed, tmp_path):
    """`rehearsal("a")`: a run in a folder of its own, beside the others'."""
    run = rehearsed(secrets={})

    def in_folder(name):
        folder = tmp_path / "runs" / run.release.version / name
        return replace(run, folder=folder, site=replace(run.site, folder=folder))

    return in_folder


@pytest.fixture
def real(rehearsed, on_real, plan, tmp_path, monkeypatch):
    """`real("a", commit=...)`: the same of a real target that has no #ship-room, typed in the checkout."""
    monkeypatch.chdir(tmp_path)
    scrapes = (ScrapeEndpoint(url=f"{NOWHERE}/metrics"),)
    target = Target(edge_url=NOWHERE, scrapes=scrapes, slack_url=NOWHERE, pager_url=NOWHERE)
    facts = rehearsed(secrets={}).release.model_copy(update={"target": "real", "real": target})

    def in_folder(name, plan=plan, beside="runs", **other):
        release = facts.model_copy(update=other)
        return on_real(release, plan, tmp_path / beside / release.version / name)

    return in_folder


def concluded(run, moment, **colours):
    given = {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why="-")
        for check in run.plan.required(moment)
    }
    with open_journal(run, [moment]) as journal:
        return conclude(journal, run, moment, given).decision


def test_a_rehearsal_says_what_was_not_concluded_in_its_own_run(rehearsal):
    """On its card and page too; another rehearsal is another system. It goes on, and its words stay as they were."""
    for moment in BEFORE:
        concluded(rehearsal("a"), moment)
    alone = concluded(rehearsal("b"), "t_minus_10")
    for moment in BEFORE:
        concluded(rehearsal("c"), moment)
    after = concluded(rehearsal("c"), "t_minus_10")

    assert (alone.action, alone.next_step) == (after.action, after.next_step) == (Action.CONTINUE, "go on to stage_1")
    assert "go_plus_30, go_plus_60 not concluded in this run" in alone.before
    assert after.before == alone.before[1:]
    cards = [record["text"] for record in read(rehearsal("b").folder) if record["kind"] == "card"]
    assert "Before: go_plus_30, go_plus_60 not concluded in this run" in cards[-1]
    assert "go_plus_60 not concluded in this run" in (rehearsal("b").folder / "page.html").read_text("utf-8")


def test_on_a_real_target_any_run_of_the_release_concludes(real):
    """Beside this one, or where a run is that was given no folder; not of another commit, nor by another plan."""
    alone = concluded(real("a"), "t_minus_10")
    assert (
        alone.before[0] == MISSING and alone.next_step == "go on to stage_1 once go_plus_30, go_plus_60 are concluded"
    )

    other = real("b").plan.model_copy(update={"rulings": ()})
    for moment in BEFORE:
        concluded(real("b", plan=other), moment)
        concluded(real("c", commit="0" * 40), moment)
    assert MISSING in concluded(real("a"), "t_minus_10").before

    for moment in BEFORE:
        concluded(real("d"), moment)
    for run in (real("a"), real("e"), real("f", beside="elsewhere")):
        decision = concluded(run, "t_minus_10")
        assert MISSING not in decision.before and decision.next_step == "go on to stage_1"


def test_a_later_worse_verdict_of_another_run_withdraws_a_pass(real):
    """It stands there with what was said."""
    concluded(real("a"), "go_plus_30")
    concluded(real("b"), "caps", caps_refused=Colour.RED)

    said = concluded(real("c"), "t_minus_10").before[0]
    assert said == "go_plus_30 is withdrawn: caps_refused RED at caps: -"


def test_a_clock_that_was_set_back_hides_no_withdrawal(real):
    """Within a journal what comes later was said later."""
    run = real("a")
    concluded(run, "go_plus_30")
    concluded(run, "caps", caps_refused=Colour.RED)
    early = {"at_utc": "1926-11-24T12:00:00Z"}
    forge(run.folder, [line | early if line.get("moment") == "caps" else line for line in lines_of(run.folder)])

    assert "is withdrawn" in concluded(real("b"), "t_minus_10").before[0]


@pytest.mark.parametrize(
    "damage", ["folder", '{"kind": "verdict", "check": "restore"}\n', '{"kind": "ver\n{}\n', COLOURLESS]
)
def test_a_journal_that_cannot_be_read_leaves_open_what_was_concluded(real, damage):
    """What it holds may be the worse verdict."""
    concluded(real("a"), "go_plus_30")
    journal = real("b").folder / FILE
    concluded(real("b"), "caps")
    if damage == "folder":
        journal.unlink()
        journal.mkdir()
    else:
        journal.write_text(journal.read_text("utf-8") + damage, "utf-8")

    decision = concluded(real("c"), "t_minus_10")
    assert decision.before[0].startswith(f"go_plus_30, go_plus_60 may not have been concluded: {journal}")
    assert decision.next_step == "go on to stage_1 once go_plus_30, go_plus_60 are concluded"
