"""One conductor a run: a second is told to wait or to go elsewhere, and a killed one holds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conduct.lease import Conducted, Lease

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
