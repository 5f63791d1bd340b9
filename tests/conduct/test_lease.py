"""One conductor a run: a second is told to wait or to go elsewhere, and a killed one holds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conduct.lease import HEARS, Conducted, Lease, ReleaseLease
from ramp.__main__ import main

HOLD = """
import pathlib, sys
from conduct.lease import Lease
lease = Lease(pathlib.Path(sys.argv[1]))
lease.take()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_conductor_is_told_and_a_killed_one_holds_nothing(tmp_path):
    project = str(Path(__file__).parents[2])
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "run")]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": project}
    ) as other:
        assert other.stdout.readline() == "held\n"
        lease = Lease(tmp_path / "run")
        with pytest.raises(Conducted, match=r"another process conducts .*; wait for it or choose another --run"):
            lease.take()
        other.kill()
        other.wait(timeout=10)
    lease.take()
    lease.give_back()
    lease.give_back()


def test_two_runs_of_one_release_are_not_conducted_at_once_whatever_their_folders_are(tmp_path):
    kept, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    first, run = ReleaseLease("v20261124.1", "c0ffee", [kept]), Lease(kept / "1")
    run.take()
    first.take()

    second = ReleaseLease("v20261124.1", "c0ffee", [elsewhere, kept])
    with pytest.raises(
        Conducted, match=rf"another process conducts v20261124.1 \(c0ffee\) in {kept / '1'}; speak to it"
    ):
        second.take()
    ReleaseLease("v20261124.1", "c0ffee", [elsewhere]).take()
    ReleaseLease("v20261124.1", "another commit", [kept]).take()

    first.give_back()
    run.give_back()
    second.take()
    second.give_back()


def test_hold_says_that_it_is_heard_only_where_somebody_hears_it(tmp_path, capsys):
    """`python -m ramp observe` holds the lease, moves nothing and reads no words."""
    run, hold = tmp_path / "run", ["hold", f"--run={tmp_path / 'run'}"]
    with Lease(run):
        assert main(hold) == 10
        assert "nobody hears it" in capsys.readouterr().out
        with Lease(run, HEARS):
            assert main(hold) == 0
            assert "it is heard at the next look" in capsys.readouterr().out
    assert main(hold) == 10
    assert "nobody conducts" in capsys.readouterr().out
