"""`python -m ramp rollback`: ordered first, by nothing but how traffic is set; proven by what users are answered."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from aiohttp import web

from conduct.run import PLAN_FILE
from conduct.words import Words
from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from fixtures.traffic.edge import EdgeTraffic
from ramp.__main__ import main
from ramp.happened import Word
from ramp.release import CanaryRouting

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
    pressed(lambda: EdgeTraffic(url).weight_pct() == 0 and answered)
    began_s = time.monotonic()
    status, said = ordered(release_file(url), f"--run={run}", hurried(30))
    assert time.monotonic() - began_s < 10
    assert status == 2
    assert "The traffic tool took the order in" in said
    assert "NOT PROVEN: measuring was interrupted" in said and "Run it again." in said
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
    assert status == 2
    assert "The traffic tool failed: it was stopped by Ctrl-C, and may have taken the order or not; NOT PROVEN" in said
