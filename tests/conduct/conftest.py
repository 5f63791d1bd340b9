"""Runs to act in: of a rehearsal whose parts a test serves, and of a real target."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from samples import allure_results, generator, journal_of, stand_in

from conduct.real_site import RealSite
from conduct.rehearsed_site import Rehearsal
from conduct.run import PLAN_FILE, Run, load_release
from fixtures.rehearsal.running import LEDGER_FOLDER, Running
from ramp.plan import Plan
from ramp.release import Release
from ramp.target import ScrapeEndpoint, Target

RELEASE = Path(__file__).parents[2] / "release.toml"
FILES = {"release_file": RELEASE, "plan_file": PLAN_FILE}
NOWHERE = "http://127.0.0.1:9"

__all__ = ["allure_results", "generator", "journal_of", "stand_in"]  # for publishing


@pytest.fixture
def rehearsed(tmp_path: Path, plan: Plan) -> Callable[..., Run]:
    """`rehearsed(stripe_url=..., secrets={...})`: a run of a rehearsal of which only what is named answers."""

    def rehearse(*, secrets: dict[str, str], facts: dict[str, str] | None = None, **urls: str) -> Run:
        answers = {"slack_url": NOWHERE, "pager_url": NOWHERE, "stripe_url": NOWHERE} | urls
        target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),), **answers)
        (tmp_path / LEDGER_FOLDER).mkdir()
        running = Running(
            pid=os.getpid(),
            created_s=0,
            scratch=tmp_path,
            scenario="healthy",
            speed=60,
            began_at_s=time.time(),
            began_monotonic_s=time.monotonic(),
            target=target,
            secrets=secrets,
        )
        release = load_release(RELEASE, plan, []).model_copy(update=facts or {})
        site = Rehearsal(release=release, **FILES, folder=tmp_path, speed=60, running=running)
        return Run(plan=plan, site=site, folder=tmp_path)

    return rehearse


def real_run_of(release: Release, plan: Plan, folder: Path, *, act: bool = False) -> Run:
    """A run of the real target that `release` names."""
    return Run(plan=plan, site=RealSite(release=release, **FILES, folder=folder, act=act), folder=folder)


@pytest.fixture
def on_real() -> Callable[..., Run]:
    """`on_real(release, plan, folder, act=True)`: a run of the real target that `release` names."""
    return real_run_of


@pytest.fixture
def full() -> Callable[[Path], AbstractContextManager[None]]:
    """`full(file)`: from now on no file grows beyond the size of `file`, until the block is over."""

    @contextmanager
    def filled(file: Path) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 10, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, ignored)

    return filled
