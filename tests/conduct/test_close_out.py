"""A release is closed once, whenever the process dies, and only after two stable hours were proven."""

import json
import os
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from conduct.close_out import NotClosed, close
from conduct.cohorts_reviewed import review_cohorts
from conduct.journal import Journal
from conduct.rehearsed_site import Recorded
from conduct.rollback import RolledBack
from conduct.rolled_back_by_hand import written_down
from conduct.telling import ship_room_of
from fixtures.rehearsal.slack_server import slack_app
from fixtures.traffic.witness import Zero
from ramp.close import STABLE, Step
from ramp.close_rows import CloseOut
from ramp.observation import NoEvidence
from ramp.release import Release
from ramp.target import Target
from ramp.validation import Invalid
from ramp.verdict import Colour, Verdict
from reports.asked import Said
from reports.journal import read
from tests.journals import FACTS, NOON, begin, decide

NOWHERE, RECORDS = "http://127.0.0.1:9", 11
TOKEN = "xoxb-rehearsal-token"
MADE = [step for step in Step if step is not Step.POST_WIN_NOTE]


class Killed:
    """A journal whose process is killed before, or after, a record with this number since it was opened."""

    def __init__(self, journal, number, *, after):
        self._journal, self._left, self._after = journal, number, after

    def append(self, *args, **fields):
        self._left -= 1
        if not self._left and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        self._journal.append(*args, **fields)
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def slack(serve, tmp_path):
    """The address of a #ship-room."""
    return serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/"


@pytest.fixture
def concluded(on_real, plan, tmp_path, monkeypatch):
    """`concluded(colour, **close)`: a run of a real target that stands at `post_success`, in a folder of its own, and
    its commands, each of which leaves a line in a file of its name there."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    made = count()

    def at(colour=Colour.GREEN, *, act=True, slack_url="http://127.0.0.1:9/api/", commit=FACTS["commit"], **changed):
        folder = tmp_path / str(next(made)) / FACTS["version"] / "one"
        folder.mkdir(parents=True)
        rows = {
            "lift_caps": ("sh", "-c", f"echo done >> {folder}/caps"),
            "caps_are_lifted": ("test", "-e", f"{folder}/caps"),
            "remove_lock": ("sh", "-c", f"echo done >> {folder}/lock"),
            "lock_is_removed": ("test", "-e", f"{folder}/lock"),
        }
        target = Target(edge_url=NOWHERE, scrapes=({"url": f"{NOWHERE}/metrics"},), slack_url=slack_url)
        close = CloseOut(**rows | changed)
        release = Release(version=FACTS["version"], commit=commit, target="real", real=target, close=close)
        with Journal(folder) as journal:
            begin(journal, plan, target="real")
            said = [Verdict(check=check, moment=STABLE, colour=colour, why="-") for check in plan.required(STABLE)]
            decide(journal, plan, said)
        return on_real(release, plan, folder, act=act)

    return at


def closed(run):
    with Journal(run.folder) as journal:
        return list(close(run, journal))


def killed(run, number, *, after):
    """Whether it was killed there: the process may have been done before."""
    child = os.fork()
    if not child:
        with Journal(run.folder) as journal:
            list(close(run, Killed(journal, number, after=after)))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def effects(run):
    found = {name: run.folder / name for name in ("caps", "lock")}
    return {name: file.read_text().count("done") for name, file in found.items() if file.exists()}


def kinds(run):
    return [record["kind"] for record in read(run.folder)]


def filled_in(run):
    note = run.folder / "win-note.md"
    note.write_text(note.read_text().replace("{{lesson: ", "Ship smaller, says the ").replace("}}", ""))


def messages(tmp_path):
    said = map(json.loads, (tmp_path / "slack" / "messages.jsonl").read_text("utf-8").splitlines())
    return [each["text"] for each in said if "(win note" in each["text"]]


def carded(run):
    """Its card stands in #ship-room."""
    ts = ship_room_of(run).post(Said("post_success: CONTINUE"))
    with Journal(run.folder) as journal:
        journal.append("card", NOON, moment=STABLE, text="-", channel=run.release.channel, posted=True, ts=ts)


def test_each_step_has_its_effect_once_however_often_it_is_closed(concluded):
    run = concluded()
    said = closed(run)
    files = {name: (run.folder / name).read_bytes() for name in ("win-note.md", "cohort-review.md", "freeze.toml")}

    again = closed(run)

    assert effects(run) == {"caps": 1, "lock": 1}
    assert kinds(run).count("caps_lifted") == 1
    assert said[-1].startswith("post_win_note waits:") and "2 blanks" in said[-1]
    assert again[:-1] == [f"{step}: was done before" for step in MADE]
    assert {name: (run.folder / name).read_bytes() for name in files} == files


def test_the_win_note_of_a_rehearsal_that_has_ended_is_posted_nowhere_and_closes_it(concluded, rehearsed, plan):
    """Its #ship-room is gone. What stands for caps and lock are files of its folder."""
    ended = rehearsed(secrets={}).site
    run = concluded()
    site = Recorded(**{name: getattr(ended, name) for name in ("release", "release_file", "plan_file", "speed")}
                    | {"folder": run.folder})  # fmt: skip
    about = {"version": site.release.version, "commit": site.release.commit, "target": "rehearsal"}
    with Journal(run.folder) as journal:
        begin(journal, plan, **about)
        decide(
            journal,
            plan,
            [Verdict(check=c, moment=STABLE, colour=Colour.GREEN, why="-") for c in plan.required(STABLE)],
        )
    run = replace(run, site=site)
    assert closed(run)[-1].startswith("post_win_note waits: ")
    filled_in(run)
    assert closed(run)[-1].startswith("post_win_note: #ship-room ended with the rehearsal: ")
    assert closed(run) == [f"{step}: was done before" for step in Step]


def test_a_kill_between_any_two_steps_doubles_no_effect(concluded):
    """Before each record, so that its effect is there and nothing says so, and after it, so that its own is not yet."""
    run = concluded()
    for _ in range(RECORDS):
        assert killed(run, 1, after=False)
        assert killed(run, 1, after=True)

    assert not killed(run, 1, after=False)

    assert effects(run) == {"caps": 1, "lock": 1}
    assert kinds(run).count("caps_lifted") == 1
    done = [record["step"] for record in read(run.folder) if record["kind"] == "close_done"]
    assert done == [step for step in MADE if step is not Step.LIFT_LEDGER_CAPS]


def test_the_figures_of_the_cohorts_are_written_as_often_as_there_are_more_days(concluded, tmp_path):
    run, export = concluded(), tmp_path / "users.csv"
    head = "user,slice,traffic,day,step_visit,step_paid,revenue_cents,cost_cents\n"
    for day in (1, 2):
        rows = [f"{slice},{slice},user,{each},1,0,0,9" for each in range(1, day + 1) for slice in ("canary", "control")]
        export.write_text(head + "\n".join(rows) + "\n")
        with Journal(run.folder) as journal:
            assert f"has {day} of 7 days of 2 users" in review_cohorts(run, journal, export)
        assert f"{day} of 7 days" in (run.folder / "cohort-figures.md").read_text()
    assert [record["days"] for record in read(run.folder) if record["kind"] == "cohorts_seen"] == [1, 2]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("after", [False, True])
def test_a_win_note_is_posted_once_it_is_filled_in_and_only_once(concluded, slack, tmp_path, number, after):
    run = concluded(slack_url=slack)
    carded(run)
    closed(run)
    assert not messages(tmp_path)
    filled_in(run)

    assert killed(run, number, after=after)
    assert closed(run)[-1].startswith("post_win_note: ")

    (posted,) = messages(tmp_path)
    assert posted.startswith(f"# {run.release.version} is at 100 %") and "Ship smaller, says the SRE lead" in posted


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lift_caps": ("false",)}, "lift_caps: NOT DONE.*status 1"),
        ({"lift_caps": ("true",)}, "lift_caps: NOT DONE.*ended well, and .* says that it is not so"),
        ({"caps_are_lifted": ("sh", "-c", "exit 3")}, "lift_caps: NOT DONE.*neither 0"),
        ({"lift_caps": ("/no/such/command",)}, r"lift_caps: NOT DONE.*cannot be run.*\[close\]"),
        ({"lift_caps": None, "caps_are_lifted": None}, "lift_caps: NOT DONE.*set lift_caps"),
        ({"lift_caps": ("sleep", "5"), "timeout_s": 0.05}, "lift_caps: NOT DONE.*not done within"),
        ({"act": False}, "lift_caps: NOT DONE.*--act"),
    ],
)
def test_a_command_that_fails_lifts_nothing_and_is_named(concluded, changed, why):
    run = concluded(**changed)

    with pytest.raises(NotClosed, match=why):
        closed(run)

    assert "caps_lifted" not in kinds(run) and "lock" not in effects(run)


def test_a_command_that_failed_half_way_is_tried_again(concluded):
    """The lock's command removes it, and then ends badly: what is so is asked, not what was said."""
    broken = concluded(remove_lock=("sh", "-c", "exit 1"))
    with pytest.raises(NotClosed, match="remove_lock: NOT DONE"):
        closed(broken)
    (broken.folder / "lock").write_text("done\n")

    closed(broken)

    assert effects(broken) == {"caps": 1, "lock": 1}


def test_a_command_that_does_it_and_ends_badly_stops_the_rest_says_so_and_is_not_run_again(concluded, tmp_path):
    caps = tmp_path / "0" / FACTS["version"] / "one" / "caps"
    run = concluded(lift_caps=("sh", "-c", f"echo done >> {caps}; echo half the caps >&2; exit 3"))

    with pytest.raises(NotClosed, match="status 3: half the caps; `test` says that it is so all the same"):
        closed(run)
    assert "caps_lifted" not in kinds(run) and not (run.folder / "win-note.md").exists()

    closed(run)
    assert effects(run) == {"caps": 1, "lock": 1}


def test_a_lock_that_stays_closes_nothing_after_it(concluded):
    run = concluded(remove_lock=("true",))
    with pytest.raises(NotClosed, match=r"remove_lock: NOT DONE.*ended well, and `test` says that it is not so"):
        closed(run)
    assert effects(run) == {"caps": 1} and kinds(run)[-1] == "close_ordered"
    assert not [file.name for file in run.folder.iterdir() if file.suffix in (".md", ".toml")]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["a,canary,user,1,1,1,0,9"], "day 1 has no user of control"),
        (["a,canary,user,1,1,1,0,9", "a,canary,user,1,1,1,0,9", "b,control,user,1,1,0,0,9"], "line 3: .* second time"),
    ],
)
def test_an_export_that_cannot_be_compared_leaves_the_figures_as_they_were(concluded, tmp_path, rows, why):
    run, export = concluded(), tmp_path / "users.csv"
    head = "user,slice,traffic,day,step_visit,step_paid,revenue_cents,cost_cents\n"
    export.write_text(head + "\n".join(rows) + "\n")
    (run.folder / "cohort-figures.md").write_text("as they were")
    with Journal(run.folder) as journal, pytest.raises(Invalid, match=why):
        review_cohorts(run, journal, export)
    assert (run.folder / "cohort-figures.md").read_text() == "as they were" and "cohorts_seen" not in kinds(run)


@pytest.mark.parametrize("colour", [Colour.RED, Colour.NO_DATA])
def test_nothing_is_closed_before_two_stable_hours_are_proven(concluded, colour):
    run = concluded(colour)
    with pytest.raises(NoEvidence, match="nothing is closed: post_success was HOLD"):
        closed(run)
    assert kinds(run)[-1] == "decision" and not effects(run)


def test_nothing_is_closed_once_somebody_took_the_release_back_by_hand(concluded):
    run = concluded()
    zero = Zero(proven=True, after_s=1, last_canary_s=None, resolution_s=1, asked_again=9, others=9, why="")
    written_down(run, "lee", RolledBack(order_s=0.1, claim=None, zero=zero))
    with pytest.raises(NoEvidence, match="nothing is closed: the release was rolled back at stage_1"):
        closed(run)
    assert not effects(run)


def test_nothing_is_closed_by_what_another_commit_proved(concluded):
    run = concluded(commit="b" * 40)
    with pytest.raises(NoEvidence, match="nothing is closed: post_success was never concluded"):
        closed(run)


def test_what_is_worse_after_the_two_hours_closes_nothing(concluded, plan):
    run = concluded()
    with Journal(run.folder) as journal:
        told = dict.fromkeys(plan.required("stage_100"), Colour.GREEN) | {"latency": Colour.RED}
        decide(journal, plan, [Verdict(check=c, moment="stage_100", colour=of, why="-") for c, of in told.items()])
    with pytest.raises(NoEvidence, match="nothing is closed: stage_100 was"):
        closed(run)


def test_the_release_before_is_told_by_its_journal_and_a_broken_one_keeps_nothing_back(concluded, plan):
    run = concluded()
    others = run.folder.parent.parent
    for version, p95 in (("v20261110.1", "90 ms"), ("v20261109.1", "70 ms")):
        at = NOON - timedelta(days=1 if p95 == "90 ms" else 2)
        with Journal(others / version / "one") as journal:
            begin(journal, plan, at, target="real", version=version)
            figure = {"id": "E1", "label": "P95", "canary": p95, "control": "", "why": ""}
            journal.append("figures", at, moment="stage_100", figures=[figure])
    (others / "old" / "one").mkdir(parents=True)
    (others / "old" / "one" / "journal.jsonl").write_text("no journal\n")

    closed(run)

    assert "against v20261110.1" in (run.folder / "win-note.md").read_text("utf-8")
