"""The checks of a moment as a process of their own: pytest, which hands its verdicts over while we conduct."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from conduct.handed_over import forget_verdicts
from conduct.interrupts import ignored_by_children
from conduct.run import PROJECT, Run

END_S = 20.0
AFTER_ROLLBACK_S = 60.0
INTERNAL_EXIT = 3


class JudgingFailed(Exception):
    """Pytest ended with a status that says nothing of the release: a mistake in its arguments, or its own crash."""

    def __init__(self, moment: str, status: int) -> None:
        super().__init__(f"pytest ended with status {status} at {moment}: HOLD")
        self.status = status


@dataclass
class Judging:
    """One judgement under way."""

    moment: str
    process: "subprocess.Popen[bytes]"

    @classmethod
    def begin(
        cls, run: Run, moment: str, scenario: str, speed: float, further: Sequence[str], said: IO[bytes] | None = None
    ) -> "Judging":
        """`further` are arguments for pytest, which change nothing of what is judged, such as the plan: of two that
        differ the last counts. Pytest says what it says to `said`, by default the terminal. What an earlier process
        found speaks for none that dies."""
        forget_verdicts(run.folder, moment)
        argv = [sys.executable, "-m", "pytest", *further, "-m", moment, "--no-header", "-q"]
        # With "=", for pytest takes a path that stands alone for a place to look for tests.
        argv += [f"--run={run.folder.resolve()}", f"--release={run.site.release_file.resolve()}"]
        argv += [f"--plan={run.site.plan_file.resolve()}"]
        argv += ["--scenario", scenario, "--speed", str(speed), f"--conducted-by={os.getpid()}"]
        argv += ["--act"] if run.site.act else []
        argv += ["--live-payments"] if run.site.live_payments else []
        argv += ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        with ignored_by_children():
            return cls(moment, subprocess.Popen(argv, cwd=PROJECT, env=os.environ, stdout=said, stderr=said))

    @property
    def status(self) -> int | None:
        """Pytest's exit status; None while it runs."""
        return self.process.poll()

    @classmethod
    def after_rollback(cls, run: Run, moment: str, scenario: str, speed: float, further: Sequence[str]) -> None:
        """Until it ends, or has to end after 60 s: checks that hang, or that no process is left for, keep no payment
        open, and no decision back."""
        with suppress(OSError):
            judging = cls.begin(run, moment, scenario, speed, further)
            with suppress(subprocess.TimeoutExpired):
                judging.process.wait(AFTER_ROLLBACK_S)
            judging.end()

    def end(self) -> None:
        """Lets it hand over what it has found, within 20 s."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
