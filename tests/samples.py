"""Sample journals: a ramp that goes well and one that is rolled back, made of real verdicts and decisions."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from conduct.journal import Journal
from ramp import directive
from ramp.gates import GATES
from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Trigger, Verdict, no_data
from reports import allure_html
from tests.journals import begin, decide

PLAN_FILE = Path(directive.__file__).with_name("plan.toml")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHROMIUM_S = 60


def gate(check: str, moment: str, why: str, **fields: Any) -> Verdict:
    defaults = {"colour": Colour.GREEN, "n": 2380, "window_s": 300, "grade": Grade.A}
    return Verdict(check=check, moment=moment, why=why, **(defaults | fields))


def rising(base: float, step: float, control: float) -> tuple[tuple[float, float, float], ...]:
    return tuple((minute, base + step * minute, control * (1 + 0.02 * (minute % 3))) for minute in range(1, 16))


def gates(moment: str, latency: Verdict) -> list[Verdict]:
    told = [
        latency,
        gate("errors", moment, "0.21 % of requests failed, at most 1 % may", unit=Unit.RATIO, value=0.0021,
             control=0.0019, limit=0.01, interval=(0.0008, 0.0046)),
        gate("payments", moment, "60 of 60 payments succeeded", unit=Unit.RATIO, value=1.0, limit=0.995, n=60,
             interval=(0.9404, 1.0), grade=Grade.C, notes=("declines: card_declined 0 (0.0 %)", "rule rl_1: 0 flags")),
        gate("cache", moment, "91.30 % of 2,106 cacheable requests were hits", unit=Unit.RATIO, value=0.913,
             control=0.921, limit=0.85, trend=rising(0.88, 0.002, 0.92), notes=("origin 4.1 requests/s",)),
        gate("database", moment, "worst measure is connections", unit=Unit.RATIO, value=0.34, limit=0.8, n=15),
        gate("cost", moment, "cost per user is 1.2 % over control", unit=Unit.USD, value=0.0214, control=0.02115,
             limit=0.0222, grade=Grade.C),
        gate("markup", moment, "AI revenue is 4.61 times AI cost", unit=Unit.TIMES, value=4.61, control=4.58, limit=4),
        gate("synthetics", moment, "12 of 12 journeys passed on the canary", unit=Unit.COUNT, value=0, limit=0, n=12),
        gate("share", moment, "the edge sent 10.2 % to the canary", unit=Unit.RATIO, value=0.102, n=23800,
             interval=(0.0954, 0.109)),
        gate("privacy", moment, "no personal data in 41,200 log lines", unit=Unit.COUNT, value=0, limit=0, n=41200),
        gate("load", moment, "7,133 of 7,137 requests due were answered", unit=Unit.RATIO, value=0.999, limit=0.95,
             n=7133),
    ]  # fmt: skip
    named = {verdict.check for verdict in told}
    return told + [gate(check, moment, "it is within its limit") for check in GATES if check not in named]


def latency(moment: str) -> Verdict:
    return gate("latency", moment, "P95 is 91.4 ms, at most 120 ms", unit=Unit.SECONDS, value=0.0914, control=0.0902,
                limit=0.120, interval=(0.0871, 0.0952), trend=rising(0.088, 0.0002, 0.089),
                notes=("P50 41 ms (control 40 ms), P99 110 ms (control 108 ms)",))  # fmt: skip


def slow(moment: str) -> Verdict:
    return gate("latency", moment, "P95 143 ms is over 120 ms and stayed so for 15 min", colour=Colour.RED,
                unit=Unit.SECONDS, value=0.1434, control=0.0902, limit=0.120, interval=(0.139, 0.148),
                trigger=Trigger.F1, trend=rising(0.09, 0.0036, 0.089),
                notes=("P50 61 ms (control 40 ms)",))  # fmt: skip


def probes() -> list[Verdict]:
    moment = "t_minus_10"
    return [
        gate("payments_settle", moment, "5 of 5 payments of $1.00 settled", n=5, unit=Unit.COUNT, value=5, limit=5,
             notes=tuple(f"{i}: pi_***{i}f0d authorized, captured, risk normal" for i in range(1, 6))),
        gate("restore", moment, "restored, 0 rows lost", unit=Unit.SECONDS, value=4.2, limit=900, notes=("RPO 0.4 s",)),
        gate("prewarm", moment, "6 of 6 paths are hits", unit=Unit.RATIO, value=1.0, limit=0.85, n=6),
        gate("telemetry", moment, "2 routes report models and tokens", unit=Unit.TIMES, value=4.6, limit=4.0),
        gate("redaction", moment, "0 findings of personal data in 400 lines", unit=Unit.COUNT, value=0, n=400),
        gate("posture", moment, "signed by dana.whitfield for posture of v20261124.1", notes=("5 fields collected",)),
        gate("control", moment, "control's P95 90 ms <= 120 ms (n 400)"),
        gate("coverage", moment, "all gates see both slices", n=20),
        gate("rollback", moment, "drilled in staging: zero was measured after 3.2 s"),
        gate("heartbeat", moment, "the monitor took a heartbeat"),
    ]  # fmt: skip


def chapters(scenario: str) -> list[list[Verdict]]:
    """The verdicts of each moment that ran in `scenario`: healthy, rollback or blind."""
    if scenario == "healthy":
        return [probes(), *(gates(f"stage_{pct}", latency(f"stage_{pct}")) for pct in (1, 10, 25, 50, 100))]
    last = (
        slow("stage_10") if scenario == "rollback" else no_data("latency", "stage_10", "no series; start the exporter")
    )
    return [probes(), gates("stage_1", latency("stage_1")), gates("stage_10", last)]


def write_journal(folder: Path, plan: Plan, scenario: str, **changed: Any) -> Path:
    """A journal as a run leaves it; `changed` are facts of the run."""
    with Journal(folder) as journal:
        begin(journal, plan, START, scenario=scenario, **changed)
        for index, verdicts in enumerate(chapters(scenario)):
            held_min = plan.moment(verdicts[0].moment).hold_min
            decide(journal, plan, verdicts, held_min, START + timedelta(minutes=20 * (index + 1)))
    return folder


@pytest.fixture
def journal_of(tmp_path: Path, plan: Plan) -> Callable[..., Path]:
    """`folder = journal_of("rollback")`: a run's folder with the journal of that scenario."""
    return lambda scenario, **changed: write_journal(tmp_path / scenario, plan, scenario, **changed)


@pytest.fixture
def generator() -> Path:
    """Allure 3; skips where it is not installed."""
    try:
        return allure_html.generator()
    except allure_html.NoGenerator as error:
        pytest.skip(f"no Allure report was made: {error}")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`stand_in("#!/bin/sh ...")`: a script takes the place of Allure's generator."""

    def place(script: str) -> None:
        file = tmp_path / "allure"
        file.write_text(script)
        file.chmod(0o755)
        monkeypatch.setenv(allure_html.GENERATOR_ENV, str(file))

    return place


@pytest.fixture
def allure_results(tmp_path: Path) -> Path:
    """A folder with two Allure results, as allure-pytest writes them."""
    folder = tmp_path / "allure-results"
    folder.mkdir()
    for number, (name, status) in enumerate(
        [("GREEN cache 91.30 % (limit 85.00 %)", "passed"), ("RED latency 143 ms (limit 120 ms)", "failed")]
    ):
        result = {
            "name": name, "status": status, "fullName": f"checks#{number}", "historyId": f"{number}" * 32,
            "uuid": str(uuid4()), "start": 1795479381764 + number, "stop": 1795479381999,
            "statusDetails": {"message": name} if status == "failed" else {},
            "labels": [{"name": "epic", "value": "v20261124.1"}, {"name": "verdict", "value": name.split()[0]}],
        }  # fmt: skip
        (folder / f"{result['uuid']}-result.json").write_text(json.dumps(result))
    return folder


@pytest.fixture
def chromium(tmp_path: Path) -> Callable[..., str]:
    """`dom = chromium(url_or_file, *flags)`: what a headless browser made of it, after its scripts ran."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on PATH: the page was not looked at in a browser (apt-get install chromium)")

    def look(address: object, *flags: str) -> str:
        fixed = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                 "--proxy-server=127.0.0.1:9")  # fmt: skip
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        argv = [program, *fixed, profile, "--virtual-time-budget=4000", *flags, "--dump-dom", str(address)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=CHROMIUM_S, check=True)
        return done.stdout

    return look


def untagged(text: str) -> str:
    """`text` with `[EMAIL]` for `[EMAIL 3f2a]`: the tag is another one in each run."""
    return re.sub(r"\[([A-Z_]+) [0-9a-f]{4}\]", r"[\1]", text)
