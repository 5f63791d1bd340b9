"""Conductors of whole ramps that are killed, each a process of its own, on a rehearsal that outlives them.

A conductor is killed with SIGKILL right after a record of a kind stands in its journal, or at any moment; the next one
goes on from there. In the end a sound release has all traffic, one whose payments fail has none, no stage was skipped,
and the journal is whole.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conduct.loop import OVER
from conduct.run import PROJECT, load_plan
from fixtures.rehearsal import running
from fixtures.traffic.edge import EdgeTraffic
from ramp.conducted import Phase
from ramp.folded import folded
from reports.journal import read

SPEED, LIFE_S, LIVES_AFTER = 60, 900.0, 6  # a life lasts to 100 % at that speed, and a HOLD ends it
MOMENTS = (
    '"what":"SetWeight"', '"what":"AwaitShare"', '"what":"ShareSeen"', '"what":"Conclude"', '"what":"Concluded"',
    '"what":"RollBack"', '"what":"RollbackRan"', '"what":"ProveZero"', '"what":"ZeroMeasured"', '"what":"VoidPayments"',
    '"what":"Tell"', '"kind":"event_card"', '"kind":"event_page"', '"kind":"decision"',
)  # fmt: skip


@dataclass
class Killed:
    """How often conductors were killed, and after which records."""

    times: int = 0
    after: set[str] = field(default_factory=set)


def killing_ramp(folder: Path, seed: int, killed: Killed, kills: int) -> list[str]:
    """What of one ramp was not as it must be, whose conductors were killed up to `kills` times."""
    choose, file = random.Random(seed), folder / "journal.jsonl"  # noqa: S311 (no secret)
    scenario = "checkout_fails" if seed % 2 else "healthy"
    started = running.start(folder, PROJECT / "release.toml", scenario, SPEED)
    try:
        for life in range(kills + LIVES_AFTER):
            conductor = _conductor(folder, scenario)
            if life < kills:
                _kill_at(conductor, _moment(choose, file, killed), killed)
            try:
                status = conductor.wait(LIFE_S)
            except subprocess.TimeoutExpired:
                _kill(conductor)
                return [f"a conductor still ran after {LIFE_S:.0f} s", *_wrong(folder, scenario, None)]
            if status != -signal.SIGKILL and _is_at_its_end(folder):
                break
        return _wrong(folder, scenario, EdgeTraffic(started.target.edge_url).weight_pct())
    finally:
        started.stop()


def _conductor(folder: Path, scenario: str) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "ramp", "rehearse", f"--run={folder}", "--scenario", scenario, f"--speed={SPEED}"]
    argv += ["--until", "stage_100"]
    with (folder / "conductors.log").open("ab") as said:
        return subprocess.Popen(argv, cwd=PROJECT, stdout=said, stderr=said, start_new_session=True)


def _moment(choose: random.Random, file: Path, killed: Killed) -> Callable[[], bool]:
    """When to kill: after the next record of a kind, or after some time."""
    began, lives_s = file.stat().st_size if file.exists() else 0, choose.uniform(3, 30)
    word, until_s = choose.choice([*MOMENTS, None]), time.monotonic() + (45 if choose.random() < 0.6 else lives_s)

    def is_now() -> bool:
        if word and file.exists():
            with file.open("rb") as stream:
                stream.seek(began)
                if word.encode() in stream.read():
                    killed.after.add(word)
                    return True
        return time.monotonic() > until_s

    return is_now


def _kill_at(conductor: "subprocess.Popen[bytes]", is_now: Callable[[], bool], killed: Killed) -> None:
    while conductor.poll() is None and not is_now():
        time.sleep(0.005)
    if conductor.poll() is None:
        _kill(conductor)
        killed.times += 1


def _kill(conductor: "subprocess.Popen[bytes]") -> None:
    os.killpg(conductor.pid, signal.SIGKILL)


def _is_at_its_end(folder: Path) -> bool:
    """All traffic is on the release, or none: the stable hours after that are no part of it."""
    ramp = folded(load_plan(), read(folder))
    return ramp.phase in OVER or ramp.in_stable_hours


def _wrong(folder: Path, scenario: str, weight_pct: float | None) -> list[str]:
    records, plan = read(folder), load_plan()
    ramp = folded(plan, records)
    is_right = ramp.phase is Phase.ROLLED_BACK if scenario == "checkout_fails" else _is_at_its_end(folder)
    set_to = [each["order"]["to_pct"] for each in records if each["kind"] == "ordered" and each["what"] == "SetWeight"]
    weights = [0.0, *(float(stage.traffic_pct or 0) for stage in plan.stages)]
    wrong = (
        [] if is_right else [f"it ended {ramp.phase} at {ramp.moment}, blocked by {set(ramp.blocks)}: {_why(records)}"]
    )
    if weight_pct is not None and weight_pct != (0 if ramp.phase is Phase.ROLLED_BACK else ramp.weight_pct):
        wrong.append(f"traffic is at {weight_pct:g} %, the journal says {ramp.weight_pct:g} %")
    for before, after in zip([0.0, *set_to], set_to, strict=False):
        if weights.index(after) - weights.index(before) not in (0, 1):
            wrong.append(f"{after:g} % was ordered after {before:g} %")
    return wrong


def _why(records: Sequence[Mapping[str, Any]]) -> str:
    """What held it, where something was decided."""
    return next(
        (str(each["reason"]) for each in reversed(records) if each["kind"] == "decision"), "nothing was decided"
    )
