"""Another controller asks what it may do: 200 only for a fresh CONTINUE of this release, whatever else there is."""

import json
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from ramp import happened
from ramp.__main__ import main
from reports.journal import FILE
from tests.conduct.verdict_served import MIN, RELEASE, ask, served, write_run
from tests.conftest import PROJECT
from tests.samples import latency, slow

PLAN_FILE = PROJECT / "ramp" / "plan.toml"


def now():
    return datetime.now(UTC)


@pytest.fixture
def run(tmp_path, plan):
    """`run("stage_1", "stage_10", ago_min=1)`: a folder whose journal has these stages CONTINUE, so long ago."""
    return lambda *moments, **how: write_run(tmp_path / "run", plan, *moments, **how)


def asked_of(folder, path="/", *options, **how):
    with served(folder, *options) as address:
        return ask(address, path, **how)


def test_a_fresh_continue_is_200_with_what_where_and_when(run):
    folder = run("stage_1", "stage_10")
    status, said = asked_of(folder, "/?moment=stage_10")
    assert (status, said["action"], said["moment"]) == (200, "CONTINUE", "stage_10")
    assert said["reason"].endswith("checks GREEN") and abs(datetime.fromisoformat(said["at"]) - now()) < 2 * MIN
    assert (said["version"], said["next_step"]) == ("v20261124.1", "go on to stage_25")
    assert asked_of(folder, "/")[0] == asked_of(folder, method="HEAD")[0] == 200


@pytest.mark.parametrize(
    ("stages", "made", "path", "status", "why"),
    [
        (("stage_1",), {"ago_min": 6}, "/", 503, "was decided 6 min ago, and a CONTINUE is good for 5 min"),
        (("stage_1",), {"ago_min": -1}, "/", 503, "still to come by this machine's clock"),
        ((), {}, "/", 503, "the release has no decision"),
        (("stage_1",), {}, "/?moment=stage_10", 503, "stage_10 has no decision"),
        (("stage_1", "stage_10"), {}, "/?moment=stage_1", 409, "stage_10 is judged since"),
        (("stage_1",), {"commit": "f" * 40}, "/", 503, "this run is about commit ffff"),
        (("stage_1",), {"version": "v20261124.2"}, "/", 503, "this run is about version v20261124.2"),
        (("stage_1",), {"target": "real"}, "/", 503, "this run is about target real"),
        (("stage_1",), {}, "/?commit=" + "f" * 40, 400, "is released"),
        (("stage_1",), {}, "/?moment=stage_2", 400, "Did you mean"),
        (("stage_1",), {}, "/?momnt=stage_1", 400, "'momnt' cannot be asked for"),
        (("stage_1",), {}, "/?moment=stage_1&moment=stage_10", 400, "named once"),
        (("stage_1",), {}, "/?moment=", 400, "named once"),
        (("stage_1",), {}, "/elsewhere", 404, "there is no /elsewhere"),
    ],
)
def test_what_is_no_fresh_continue_of_this_release_is_a_hold(run, stages, made, path, status, why):
    is_status, said = asked_of(run(*stages, **made), path)
    assert (is_status, said["action"]) == (status, "HOLD") and why in said["reason"], said


def test_another_plan_than_the_runs_is_a_hold(run, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(PLAN_FILE.read_text("utf-8").replace("expires_min = 60", "expires_min = 45"), "utf-8")
    status, said = asked_of(run("stage_1"), "/", f"--plan={other}")
    assert (status, said["action"]) == (503, "HOLD") and "judged by another plan" in said["reason"]


def test_a_rollback_is_told_for_as_long_as_it_stands_and_whichever_stage_is_asked_about(run):
    folder = run("stage_1", "stage_10", last=slow, ago_min=90)
    for path in ("/", "/?moment=stage_1"):
        status, said = asked_of(folder, path)
        assert (status, said["action"]) == (409, "ROLLBACK") and said["reason"].startswith("F1 fired")
    assert asked_of(folder, "/rollback", method="POST", body="{}")[0] == 200
    assert asked_of(folder, "/measurement")[1]["action"] == "ROLLBACK"


BEFORE_T0 = tuple(happened.Concluded(moment, "CONTINUE") for moment in ("go_plus_30", "go_plus_60", "t_minus_10"))
AT_1 = (happened.WeightRead(1.0), happened.ShareSeen(follows=True), happened.Looked("within", 15, 15))
AT_10 = (happened.Concluded("stage_1", "CONTINUE"), happened.WeightRead(10.0))


@pytest.mark.parametrize(
    ("happens", "action", "why"),
    [
        (AT_1 + AT_10, "CONTINUE", "checks GREEN"),  # until the share of stage_10 was seen
        ((*AT_1, *AT_10, happened.ShareSeen(follows=True)), "HOLD", "stage_10 is under way since"),
        ((*AT_1, happened.Said(happened.Word.HOLD, "the IC")), "HOLD", "traffic does not rise: WORD"),
        ((*AT_1, *AT_10, happened.Looked("rollback", 1, 1, "F6 fired")), "ROLLBACK", "F6 fired"),
    ],
)
def test_a_conducted_ramp_that_went_on_is_not_promoted_twice(run, happens, action, why):
    folder = run("stage_1", happens=(happened.Opened(0.0), happened.Looked("within", 0, 0), *BEFORE_T0, *happens))
    said = asked_of(folder)[1]
    assert said["action"] == action and why in said["reason"], said


def test_the_last_stages_continue_stands_while_its_stable_hours_begin(run, plan):
    """Whoever asks whether to promote for good."""
    events = [happened.Opened(0.0), *BEFORE_T0]
    for stage in plan.stages:
        held = happened.Looked("within", stage.hold_min, stage.hold_min)
        events += [happened.WeightRead(float(stage.traffic_pct)), happened.ShareSeen(follows=True), held]
        events.append(happened.Concluded(stage.id, "CONTINUE"))
    folder = run("stage_100", happens=events)
    assert asked_of(folder, "/?moment=stage_100")[0] == 200


def test_a_broken_journal_is_never_200_and_exits_30(run, capsys):
    folder = run("stage_1")
    file = folder / FILE
    file.write_bytes(file.read_bytes().replace(b"GREEN", b"YELLOW", 1))
    for path in ("/", "/rollback", "/?moment=stage_1"):
        status, said = asked_of(folder, path)
        assert (status, said["action"]) == (503, "HOLD") and "the evidence is broken" in said["reason"]
    assert main(["verdict", f"--run={folder}", f"--release={RELEASE}"]) == 30
    assert json.loads(capsys.readouterr().out)["action"] == "HOLD"


@pytest.mark.parametrize(
    "sent", [b"garbage\r\n\r\n", b"GET /" + 70_000 * b"x" + b" HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n\r\n"]
)
def test_what_is_no_request_is_answered_with_a_hold(run, sent):
    with served(run("stage_1")) as address, socket.create_connection(address, timeout=10) as talk:
        talk.sendall(sent)
        head, _, said = talk.makefile("rb").read().decode().partition("\r\n\r\n")
    assert head.startswith(("HTTP/1.1 4", "HTTP/1.0 4")) or not head.startswith("HTTP/")
    assert json.loads(said or head)["action"] == "HOLD"


@pytest.mark.parametrize(("last", "ago_min", "status"), [(latency, 1, 0), (latency, 9, 10), (slow, 1, 20)])
def test_without_serve_it_says_it_once_with_the_exit_status(run, capsys, last, ago_min, status):
    folder = run("stage_1", last=last, ago_min=ago_min)
    assert main(["verdict", f"--run={folder}", f"--release={RELEASE}"]) == status
    assert json.loads(capsys.readouterr().out)["action"] == {0: "CONTINUE", 10: "HOLD", 20: "ROLLBACK"}[status]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["--serve", "0.0.0.0:0"], "is reached from other machines"),
        (["--serve", "shiproom.example.com:80"], "say so with --from-other-machines"),
        (["--serve", "8711"], "should be HOST:PORT"),
        (["--serve", "127.0.0.1:99999"], "should be HOST:PORT"),
        (["--moment", "stage_2"], "is no moment"),
        (["--run", "nowhere"], "there is no run"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(capsys, typed, why):
    assert main(["verdict", f"--release={RELEASE}", *typed]) == 4
    said = capsys.readouterr().err
    assert why in said and "Traceback" not in said


def test_a_process_serves_until_it_is_told_to_end_and_then_ends_with_no_continue(run):
    argv = [sys.executable, "-m", "ramp", "verdict", f"--run={run('stage_1')}", "--serve", "127.0.0.1:0"]
    with subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = ("127.0.0.1", int(re.match(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())[1]))
            answers = [ask(address)[0], ask(address, method="DELETE")[0]]
        finally:
            process.terminate()
        assert (answers, process.wait(20)) == ([200, 405], 2)
