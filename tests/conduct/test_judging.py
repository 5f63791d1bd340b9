"""The checks of a moment as a process: what they judge by is the conductor's, whatever else pytest is told."""

from argparse import ArgumentParser

import pytest

from conduct.judging import Judging
from conduct.run import PLAN_FILE


@pytest.fixture
def told(rehearsed):
    """`told(*further)`: what pytest makes of these arguments and the conductor's own, by name."""

    def of(*further):
        run = rehearsed(secrets={})
        judging = Judging.begin(run, "stage_10", "healthy", 60.0, further)
        judging.process.kill()
        judging.process.wait()
        argv = list(judging.process.args)
        parser = ArgumentParser()
        parser.add_argument("-m")
        for name in ("plan", "run", "scenario", "conducted-by"):
            parser.add_argument(f"--{name}")
        return parser.parse_known_args(argv[argv.index("pytest") + 1 :])[0]

    return of


def test_no_argument_of_pytest_changes_what_the_conductor_has_judged(told, tmp_path):
    plan = tmp_path / "easier.toml"
    of = told("-v", f"--plan={plan}", "-m", "stage_1", f"--run={tmp_path / 'other'}", "--scenario=slow_canary")
    assert (of.m, of.plan, of.scenario, of.run) == ("stage_10", str(PLAN_FILE), "healthy", str(tmp_path))
