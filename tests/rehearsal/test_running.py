"""The rehearsal as a process: starts for its owner, on loopback only, and is gone with it, however that ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from fixtures.rehearsal import running as rehearsal
from fixtures.rehearsal.running import Running
from reports import journal

PROJECT = Path(__file__).parents[2]
GONE_S = 15
# A shell starts what it puts into the background with SIGINT ignored, and children inherit that.
IN_THE_FOREGROUND = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main())
"""


def until(true: Callable[[], bool], what: str, within_s: float = GONE_S) -> None:
    """Waits for a condition; fails naming it when its time is up."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.02)


def processes_of(running: Running) -> list[psutil.Process]:
    """The rehearsal's processes and everything that was started with a path in its scratch folder."""
    supervisor = psutil.Process(running.pid)
    with_scratch = [
        p for p in psutil.process_iter(["cmdline"]) if str(running.scratch) in " ".join(p.info["cmdline"] or [])
    ]
    return [supervisor, *supervisor.children(recursive=True), *with_scratch]


def nothing_is_left(running: Running, processes: list[psutil.Process], folder: Path) -> None:
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes), "processes end")
    until(lambda: not running.scratch.exists(), "scratch folder is gone")
    until(lambda: not (folder / rehearsal.NOTE).exists(), "note is gone")


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    """By a plan of a release's own, which says only what it changes: nothing."""
    plan_file = tmp_path / "plan.toml"
    plan_file.write_text('lays_over = "directive"\n', "utf-8")
    started = rehearsal.start(tmp_path, PROJECT / "release.toml", "healthy", 60, plan_file)
    yield started
    started.stop()


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    """What a test has end, however it ends itself."""
    with ExitStack() as stack:
        yield stack


def test_stopping_leaves_nothing(running, tmp_path):
    """After `stop` no process, no scratch folder and no note is left."""
    processes = processes_of(running)

    running.stop()

    nothing_is_left(running, processes, tmp_path)


def test_killing_the_supervisor_leaves_nothing(running, tmp_path):
    """SIGKILL lets nobody clean up: the janitor does."""
    processes = processes_of(running)

    os.kill(running.pid, signal.SIGKILL)
    running.process.wait(GONE_S)

    nothing_is_left(running, processes, tmp_path)


def test_it_listens_on_loopback_only(running):
    """A stand-in for payments and chat has no business on a network."""
    listening = [
        connection.laddr.ip
        for process in processes_of(running)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_a_second_start_joins_by_folder_and_not_by_chance(running, tmp_path):
    """`join` finds the rehearsal of this run folder, and none in another."""
    assert rehearsal.join(tmp_path).pid == running.pid
    assert rehearsal.join(tmp_path / "other") is None


def test_an_unknown_scenario_is_one_sentence(tmp_path):
    """Not a traceback, and no process."""
    with pytest.raises(rehearsal.RehearsalFailed, match="Did you mean 'slow_canary'"):
        rehearsal.start(tmp_path, PROJECT / "release.toml", "slow_canari", 60)


PYTEST = ["-c", IN_THE_FOREGROUND, "-m", "stage_50", "-p", "no:cacheprovider"]
REHEARSE = ["-m", "ramp", "rehearse", "--speed", "180"]


@pytest.mark.parametrize(
    ("how", "command", "moment"),
    [
        (signal.SIGKILL, PYTEST, "stage_50"),
        (signal.SIGINT, PYTEST, "stage_50"),
        (signal.SIGTERM, REHEARSE, "t_minus_10"),
    ],
)
def test_a_run_that_is_ended_in_the_middle_leaves_nothing(tmp_path, ending, how, command, moment):
    """kill -9, or Ctrl-C and SIGTERM twice in a row, in the middle of a hold: rehearsal and load end with it. Whoever
    can still say so says that it was interrupted, in one card, and pages nobody."""
    folder = tmp_path / "run"
    run = subprocess.Popen(
        [sys.executable, *command, f"--run={folder}"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ending.callback(run.stdout.close)
    ending.callback(run.wait)
    ending.callback(run.kill)
    seen = folder / "observations.jsonl"
    until(lambda: run.poll() is not None or (seen.exists() and moment in seen.read_text()), "the stage begins", 120)
    running = rehearsal.join(folder)
    assert running, run.stdout.read().decode()
    load = [p for p in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(p.info["cmdline"] or [])]
    processes = [*processes_of(running), *load]

    run.send_signal(how)
    if how is not signal.SIGKILL:
        run.send_signal(how)
    output, _ = run.communicate(timeout=4 * GONE_S)

    nothing_is_left(running, [p for p in processes if p.pid != run.pid], folder)
    assert b"GREEN" not in output.splitlines()[-1] and b"Traceback" not in output
    if how is signal.SIGKILL:
        assert run.returncode == -how
        return
    decision = journal.latest(journal.read(folder)).newest.decision
    assert (run.returncode, decision.action, decision.reason) == (2, "HOLD", "interrupted by the operator")
    messages = [json.loads(line) for line in (folder / "ship-room" / "messages.jsonl").read_text().splitlines()]
    saying_so = [m for m in messages if "thread_ts" not in m and "interrupted by the operator" in m["text"]]
    assert len(saying_so) == 1, [m["text"] for m in messages]
    assert not (folder / "ship-room" / "events.jsonl").exists()


def test_a_rerun_of_t_10_in_the_same_rehearsal_spends_nothing(running, tmp_path):
    """The keys of the payments come from the release: the second run finds the first one's."""
    argv = [sys.executable, "-m", "pytest", "-m", "t_minus_10", f"--run={tmp_path}", "-p", "no:cacheprovider", "-v"]
    argv += ["-k", "payments_settle"]
    first, second = (subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False) for _ in range(2))

    assert "1 GREEN" in first.stdout and "1 GREEN" in second.stdout, first.stdout + second.stdout
    assert "made by an earlier run" not in first.stdout
    assert second.stdout.count("made by an earlier") == 5
    assert running.alive()
