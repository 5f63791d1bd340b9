"""`python -m ramp rollback`: ordered first, by nothing but how traffic is set; proven by what users are answered."""

import getpass
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web

from conduct.effects import Effects
from conduct.journal import Journal
from conduct.lease import HEARS, Lease
from conduct.post_mortems import draft_post_mortem
from conduct.run import PLAN_FILE, PROJECT
from conduct.words import Words
from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from fixtures.traffic.edge import EdgeTraffic
from fixtures.traffic.witness import Witness
from ramp.__main__ import main
from ramp.happened import Word
from ramp.ordered import ProveZero
from ramp.release import CanaryRouting, PrewarmSet
from reports.journal import read
from tests.journals import begin

VERSION, COMMIT = "v20261124.2", "a" * 40


def slice_app(version, commit, answered):
    async def answer(request):
        answered.append(request.path)
        return web.Response(text="page", headers={"X-Release-Version": version, "X-Release-Commit": commit})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


@pytest.fixture
def answered():
    """The paths that either slice was asked for."""
    return []


@pytest.fixture
def edge(serve, answered):
    """`edge(**faults)`: the address of an edge of a release at 50 %."""

    def start(**faults):
        origins = {
            "canary": serve(slice_app(VERSION, COMMIT, answered)),
            "control": serve(slice_app("v20261117.1", "b" * 40, answered)),
        }
        url = serve(Edge(origins, CanaryRouting(), EdgeFaults(**faults)).web_app())
        EdgeTraffic(url).set_weight(50)
        return url

    return start


@pytest.fixture
def ordered(tmp_path, monkeypatch, capsys):
    """`ordered(text, *arguments)`: exit status and output of the command in an empty folder, by this release file."""
    monkeypatch.chdir(tmp_path)

    def order(text, *arguments):
        (tmp_path / "release.toml").write_text(text, "utf-8")
        status = main(["rollback", *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return order


@pytest.fixture
def hurried(tmp_path):
    """`hurried(1)`: the option for a plan that gives a rollback one second."""

    def hurry(budget_s):
        plan, text = tmp_path / "hurried.toml", PLAN_FILE.read_text("utf-8")
        row = '[rollback]\nsource = "F7"\nbudget_s = 120'
        assert row in text
        hurried = f'[rollback]\nsource = "assumption"\nnote = "A test has no two minutes."\nbudget_s = {budget_s}'
        plan.write_text(text.replace(row, hurried), "utf-8")
        return f"--plan={plan}"

    return hurry


@pytest.fixture
def pressed():
    """`pressed(when)`: Ctrl-C as soon as `when()` is true."""

    def press(when):
        def wait():
            while not when():
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=wait, daemon=True).start()

    return press


def asks_nobody_any_more():
    """Whoever measured ends with the round of users that is under way, long before the budget does."""
    for thread in threading.enumerate():
        if thread.name.endswith("(watch)"):
            thread.join(10)
            assert not thread.is_alive()


def release_file(url, *, more="", traffic=None):
    return f"""
version = "{VERSION}"
commit = "{COMMIT}"
target = "real"
{more}
[prewarm]
paths = ["/page"]
[real]
edge_url = "{url}"
scrapes = [{{ url = "{url}/metrics" }}]
traffic = {traffic or f'{{ admin_url = "{url}" }}'}
"""


def test_users_are_taken_back_without_a_question_and_zero_is_proven(edge, ordered, tmp_path):
    url, run = edge(), tmp_path / "runs" / VERSION / "1"
    run.mkdir(parents=True)
    (run / "observations.jsonl").write_text(json.dumps({"traffic_pct": 50}) + "\n", "utf-8")
    status, said = ordered(release_file(url), f"--run={run}")
    assert EdgeTraffic(url).weight_pct() == 0
    assert (status, "zero proven after" in said, "took the order" in said) == (0, True, True), said
    (word,) = Words(run).new()
    assert (word.word, word.more["rolled_back"]["zero"]["proven"]) == (Word.ROLLBACK, True)


@pytest.fixture
def at_50(tmp_path):
    """The folder of a run that was observed at 50 %, and that nobody conducts."""
    run = tmp_path / "runs" / VERSION / "1"
    run.mkdir(parents=True)
    seen = {"at": "2026-11-24T09:00:00Z", "slice": "canary", "stage": "stage_50", "traffic_pct": 50, "counters": {}}
    (run / "observations.jsonl").write_text(json.dumps(seen) + "\n", "utf-8")
    return run


def test_where_no_conductor_hears_it_the_post_mortem_is_drafted_all_the_same(edge, ordered, at_50):
    status, said = ordered(release_file(edge()), f"--run={at_50}")
    assert (status, f"The draft of the post-mortem: {at_50}/post-mortem.md" in said) == (0, True), said
    (back,) = [record for record in read(at_50) if record["kind"] == "rolled_back"]
    assert (back["by"], back["moment"], back["zero"]["proven"]) == (getpass.getuser(), "stage_50", True)
    draft = (at_50 / "post-mortem.md").read_text("utf-8")
    assert f"{getpass.getuser()} ordered it by `python -m ramp rollback`, of which no conductor heard" in draft
    assert "zero was proven" in draft and "Who completes it: incident commander." in draft


def test_it_is_drafted_also_where_no_run_was_there_and_nothing_is_proven(edge, ordered, tmp_path, hurried):
    status, _ = ordered(release_file(edge(split_stuck_pct=50)), hurried(0.2))
    (run,) = (tmp_path / "runs" / VERSION).iterdir()
    assert (status, "zero was NOT proven" in (run / "post-mortem.md").read_text("utf-8")) == (10, True)


def test_a_weight_that_somebody_set_to_0_is_measured_and_written_down_for_its_post_mortem(edge, rehearsed, plan):
    """As by another tool, or by `rollback` while a conductor looks: it sees 0 before it hears the word."""
    url, run = edge(), rehearsed(secrets={})
    EdgeTraffic(url).set_weight(0)
    target = run.site.target.model_copy(update={"edge_url": url})
    release = run.release.model_copy(
        update={"version": VERSION, "commit": COMMIT, "prewarm": PrewarmSet(paths=("/page",))}
    )
    with Journal(run.folder) as journal:
        begin(journal, plan)
        effects = Effects(SimpleNamespace(run=run), journal, SimpleNamespace(witness=Witness(target, release)), [])
        came = effects.carry_out(ProveZero("stage_50", 50))
        effects.close()
        draft_post_mortem(run, journal)
    (back,) = [record for record in read(run.folder) if record["kind"] == "rolled_back"]
    assert (came.proven, back["moment"], back["order_s"], back["zero"]["proven"]) == (True, "stage_50", None, True)
    assert back["said"].startswith("the weight was set to 0 from outside; the canary answered no user after that was")
    assert "the weight was set to 0 from outside" in (run.folder / "post-mortem.md").read_text("utf-8")


def test_what_a_conductor_hears_it_drafts_itself(edge, ordered, at_50):
    with Lease(at_50, HEARS):
        status, said = ordered(release_file(edge()), f"--run={at_50}")
    assert (status, "post-mortem" in said, (at_50 / "journal.jsonl").exists()) == (0, False, False)


@pytest.mark.parametrize("broken", ["edited", "written"])
def test_a_journal_that_nobody_may_write_spoils_no_rollback(edge, ordered, at_50, broken):
    with ExitStack() as elsewhere:
        if broken == "edited":
            (at_50 / "journal.jsonl").write_text("{}\n", "utf-8")
        else:
            elsewhere.enter_context(Journal(at_50))
        status, said = ordered(release_file(edge()), f"--run={at_50}")
    assert (status, "zero proven after" in said, "No post-mortem is drafted: " in said) == (0, True, True), said


def test_a_release_file_that_is_broken_elsewhere_keeps_nobody_from_rolling_back(edge, ordered):
    url = edge()
    status, said = ordered(release_file(url, more='migrations = "perhaps"\nno_such_field = 1'))
    assert EdgeTraffic(url).weight_pct() == 0
    assert status == 10
    assert "took the order. NOT PROVEN" in said
    assert "no_such_field" in said


def test_a_split_that_is_stuck_is_no_rollback_whatever_the_edge_says(edge, ordered, hurried):
    status, said = ordered(release_file(edge(split_stuck_pct=50)), hurried(1))
    assert status == 10
    assert "NOT PROVEN: the canary still answered a user" in said


def test_a_tool_that_fails_says_so_and_what_users_see_is_measured_all_the_same(edge, ordered, hurried):
    tool = '{ read = ["true"], set = ["true", "{weight_pct}"], rollback = ["false"] }'
    status, said = ordered(release_file(edge(), traffic=tool), hurried(1))
    assert status == 10
    assert "The traffic tool failed: `false` ended with status 1" in said
    assert "NOT PROVEN" in said


def test_without_a_way_to_set_traffic_one_sentence_says_what_is_missing(edge, ordered):
    text = release_file(edge()).replace("traffic = ", "# ")
    status, said = ordered(text)
    assert (status, said.count("\n")) == (4, 1), said
    assert "real.traffic" in said


def test_ctrl_c_ends_it_at_once_and_says_that_zero_is_not_proven(edge, answered, ordered, pressed, hurried):
    """Whoever measures is not waited for. What was ordered is handed over to a conductor all the same."""
    url = edge(split_stuck_pct=50)
    run = Path("runs") / VERSION / "1"
    run.mkdir(parents=True)
    before = []  # what was answered until the order had come: what is answered after it is measured

    def is_measured():
        if not before and EdgeTraffic(url).weight_pct() == 0:
            before.append(len(answered))
        return bool(before) and len(answered) > before[0] + 2

    pressed(is_measured)
    began_s = time.monotonic()
    status, said = ordered(release_file(url), f"--run={run}", hurried(30))
    assert time.monotonic() - began_s < 10
    asks_nobody_any_more()
    assert status == 2
    assert "The traffic tool took the order in" in said
    assert "NOT PROVEN: measuring was interrupted" in said and "Run it again." in said
    assert "No post-mortem is drafted, for it was interrupted" in said and not (run / "journal.jsonl").exists()
    (word,) = Words(run).new()
    assert (word.word, word.more["rolled_back"]["zero"]["proven"]) == (Word.ROLLBACK, False)


def test_ctrl_c_while_the_tool_hangs_ends_the_tool_and_does_not_say_that_it_took_the_order(
    edge, ordered, pressed, hurried, tmp_path
):
    begun = tmp_path / "begun"
    tool = (
        f'{{ read = ["true"], set = ["true", "{{weight_pct}}"], rollback = ["sh", "-c", "touch {begun}; sleep 60"] }}'
    )
    pressed(begun.exists)
    began_s = time.monotonic()
    status, said = ordered(release_file(edge(), traffic=tool), hurried(30))
    assert time.monotonic() - began_s < 10
    asks_nobody_any_more()
    assert status == 2
    assert "The traffic tool failed: it was stopped by Ctrl-C, and may have taken the order or not; NOT PROVEN" in said


def test_a_full_disk_keeps_no_command_from_taking_users_back(edge, hurried, tmp_path):
    """No file takes a byte, from the command's beginning on."""
    tool = '{ read = ["true"], set = ["true", "{weight_pct}"], rollback = ["mkdir", "taken_back"] }'
    (tmp_path / "release.toml").write_text(release_file(edge(), traffic=tool), "utf-8")
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); from ramp.__main__ import main; "
    argv = [sys.executable, "-c", f"{limited}raise SystemExit(main(['rollback', {hurried(0.2)!r}]))"]
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ended = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (tmp_path / "taken_back").is_dir(), ended.stdout + ended.stderr
    assert ended.returncode == 10
    assert "The traffic tool took the order in" in ended.stdout and "NOT PROVEN" in ended.stdout


@pytest.mark.parametrize("more", ["", "nonsense = 1"])
def test_what_the_command_printed_is_kept_in_the_runs_folder(ordered, hurried, tmp_path, more):
    """Also where the rest of the release file is of no use."""
    run = tmp_path / "runs" / VERSION / "1"
    run.mkdir(parents=True)
    tool = '{ read = ["true"], set = ["true", "{weight_pct}"], rollback = ["echo", "all are back"] }'
    status, said = ordered(release_file("http://127.0.0.1:9", more=more, traffic=tool), hurried(0.2), f"--run={run}")
    assert status == 10 and "The traffic tool took the order" in said
    (line,) = (run / "traffic.log").read_text("utf-8").splitlines()
    assert "Z rollback, status 0 after " in line and line.endswith(" s: echo 'all are back' | all are back")


def test_a_run_of_which_nothing_can_be_read_keeps_nobody_from_rolling_back(edge, ordered, tmp_path):
    url, run = edge(), tmp_path / "runs" / VERSION / "1"
    (run / "observations.jsonl").mkdir(parents=True)  # as where another user's files may not be read
    _, said = ordered(release_file(url), f"--run={run}")
    assert EdgeTraffic(url).weight_pct() == 0
    assert "zero proven after" in said
