"""What tests of every folder share: serving an application on loopback, and running the suite as a user would."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from conduct.run import PLAN_FILE, load_plan
from ramp import directive
from ramp.decision import Decision
from ramp.plan import Plan
from ramp.verdict import Verdict
from reports import journal

DEADLINE_S = 20
PROJECT = Path(__file__).parents[1]

# A shell starts what it puts into the background with SIGINT ignored; tests press Ctrl-C, in children too.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """What gzip packed holds the time of its packing and names no test, so that all workers collect the same names."""
    return argname if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """The address of `app`, which answers on a free loopback port from an event loop and thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="served", daemon=True)
    thread.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result(DEADLINE_S)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(DEADLINE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_S)
        loop.close()


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of a user who has never paid: no test finds, or leaves, a ledger in ours."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[[web.Application], str]]:
    """`url = serve(app)`: serves any number of applications until the test ends."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))


@dataclass(frozen=True)
class Outcome:
    """What a run of the suite on the rehearsal came to, read back from its journal."""

    status: int
    output: str
    folder: Path
    verdicts: dict[str, Verdict]
    decision: Decision | None


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan()


@pytest.fixture(scope="session")
def unproven() -> Plan:
    """The plan where GO+30 and GO+60 are to confirm one more line, which no check serves there."""
    text = PLAN_FILE.read_text("utf-8")
    for last in ('"B7"]\ndue', '"C3"]\ndue'):
        assert text.count(last) == 1
        text = text.replace(last, last.replace("]", ', "D3"]'))
    return directive.parse(text)


@pytest.fixture(scope="session")
def limits_only(plan: Plan) -> Plan:
    """The plan for releases that were recorded without a placebo hour."""
    return plan.model_copy(update={"evidence": plan.evidence.model_copy(update={"comparison": "limits_only"})})


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., Outcome]:
    """`judged("stage_50", scenario=..., speed=..., args=[...])`: pytest as a user would run it, in a run folder of its
    own. What it started is gone when it returns."""

    def judge(moment: str, *, scenario: str = "healthy", speed: float = 180, args: Sequence[str] = ()) -> Outcome:
        folder = tmp_path / "run"
        argv = [sys.executable, "-m", "pytest", "-m", moment, f"--run={folder}", "--scenario", scenario]
        argv += ["--speed", str(speed), "-p", "no:cacheprovider", *args]
        ended = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
        records = journal.read(folder) if (folder / "journal.jsonl").exists() else []
        chapter = journal.latest(records).newest
        return Outcome(
            status=ended.returncode,
            output=ended.stdout + ended.stderr,
            folder=folder,
            verdicts={verdict.check: verdict for verdict in chapter.verdicts} if chapter else {},
            decision=chapter.decision if chapter else None,
        )

    return judge
