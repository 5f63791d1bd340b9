"""Conductors of whole ramps that are killed, each a process of its own, on a rehearsal that outlives them.

A conductor is killed with SIGKILL right after a record of a kind stands in its journal, or at any moment: alone, so
that the checks that it began live on, or with all that it started. The next one goes on from there. In the end a sound
release has all traffic, one under whose card of 10 % the incident commander writes ROLLBACK has none, no stage was
skipped, each rise follows on a CONTINUE, and the journal is whole.

Plan time passes so slowly that the seconds in which nobody looks are few of its minutes, data counts as fresh for as
long, and each stage is held for half of what the directive says. What nobody saw for longer holds, as it must.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conduct.loop import OVER
from conduct.run import PROJECT, load_plan
from fixtures.rehearsal import running
from fixtures.traffic.edge import EdgeTraffic
from ramp.conducted import Phase
from ramp.folded import folded
from ramp.plan import Plan
from reports.journal import FILE, read, read_file

SPEED = 12
LIFE_S, LIVES_AFTER = 420.0, 4  # what a life to 100 % lasts at the most, and how often a HOLD may end one
KILLS_A_RAMP = 17
FAULTY = "rolled_back_by_the_commander"
HOLD_MIN = {"stage_1": 7, "stage_10": 7, "stage_25": 7, "stage_50": 15, "stage_100": 7}
FRESH_MIN = 5
WHY = "Held shorter, so that conductors can be killed more often."
ANY = "at any moment"
# After which records, by what stands in their line.
AFTER = {
    f"after {what}": f'"{field}":"{what}"'
    for field, whats in {
        "what": (
            "SetWeight", "AwaitShare", "ShareSeen", "Conclude", "Concluded", "RollBack", "RollbackRan", "ProveZero",
            "ZeroMeasured", "VoidPayments", "Tell",
        ),
        "kind": ("weight_lent", "weight_back", "drilled", "event_card", "event_page", "verdict", "decision"),
    }.items()
    for what in whats
}  # fmt: skip


@dataclass
class Killed:
    """How often conductors were to be killed and were, when, and how their ramps ended. Nothing begins after
    `until_s`, by the monotonic clock."""

    aim: int
    until_s: float
    say: Callable[[str], None]
    times: int = 0
    when: Counter[str] = field(default_factory=Counter)
    at: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.until_s

    def killed(self, when: str, ramp: str, lived_s: float) -> None:
        self.times += 1
        self.when[when] += 1
        self.at[ramp] += 1
        self.say(f"kill {self.times} of {self.aim}: {when}, {lived_s:.0f} s into a life, at {ramp}")


@dataclass
class Moment:
    """When a conductor is killed: once a line of the journal has `word` in it, else `after_s` into its life."""

    when: str
    word: str
    after_s: float

    @classmethod
    def chosen(cls, choose: random.Random) -> "Moment":
        """Most live shortly; some long enough to get through a stage or two."""
        when = choose.choice(list(AFTER)) if choose.random() < 0.5 else ANY
        return cls(
            when, AFTER.get(when, ""), choose.uniform(1, 35) if choose.random() < 0.75 else choose.uniform(35, 120)
        )


def killing_ramp(folder: Path, seed: int, killed: Killed, kills: int) -> list[str]:
    """What of one ramp was not as it must be, whose conductors were killed up to `kills` times."""
    choose, scenario = random.Random(seed), FAULTY if seed % 2 else "healthy"  # noqa: S311 (no secret)
    plan_file, groups = _written_plan(folder.parent), set[int]()
    plan = load_plan(plan_file)
    started = running.start(folder, PROJECT / "release.toml", scenario, SPEED, plan_file)
    try:
        for life in range(kills + LIVES_AFTER):
            if killed.is_late:
                killed.ended["out of time"] += 1
                return [f"{scenario} did not come to its end in time"]
            conductor = _conductor(folder, scenario, plan_file)
            groups.add(conductor.pid)
            moment, alone = Moment.chosen(choose), choose.random() < 0.5
            if life < kills and _is_killed(conductor, moment, plan, folder, killed, alone=alone):
                continue
            try:
                conductor.wait(LIFE_S)
            except subprocess.TimeoutExpired:
                return [f"a conductor still ran after {LIFE_S:.0f} s", *_wrong(plan, folder, scenario, None)]
            if _is_at_its_end(plan, folder):
                break
        ramp = folded(plan, read(folder))
        killed.ended[f"{scenario}: {ramp.phase} at {ramp.stage}"] += 1
        return _wrong(plan, folder, scenario, EdgeTraffic(started.target.edge_url).weight_pct())
    finally:
        for group in groups:
            _kill(group)
        started.stop()


def _written_plan(folder: Path) -> Path:
    """The directive with shorter holds."""
    folder.mkdir(parents=True, exist_ok=True)
    said = f'source = "assumption"\nnote = "{WHY}"\n'
    rows = (f'[[moments]]\nid = "{stage}"\nhold_min = {minutes}\n{said}' for stage, minutes in HOLD_MIN.items())
    file = folder / "plan.toml"
    file.write_text("\n".join(['lays_over = "directive"\n', f"[reading]\nfresh_min = {FRESH_MIN}\n", *rows]), "utf-8")
    return file


def _conductor(folder: Path, scenario: str, plan_file: Path) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "ramp", "rehearse", f"--run={folder}", "--scenario", scenario, f"--speed={SPEED}"]
    argv += ["--until", "stage_100", f"--plan={plan_file}"]
    with (folder / "conductors.log").open("ab") as said:
        return subprocess.Popen(argv, cwd=PROJECT, stdout=said, stderr=said, start_new_session=True)


def _is_killed(
    conductor: "subprocess.Popen[bytes]", moment: Moment, plan: Plan, folder: Path, killed: Killed, *, alone: bool
) -> bool:
    """Whether it still lived at that moment."""
    file, began_s, when = folder / "journal.jsonl", time.monotonic(), ANY
    read_to = file.stat().st_size if file.exists() else 0
    while conductor.poll() is None and time.monotonic() - began_s < moment.after_s:
        if moment.word and file.exists():
            with file.open("rb") as stream:
                stream.seek(read_to)
                fresh = stream.read()
            whole = fresh.rfind(b"\n") + 1
            if moment.word.encode() in fresh[:whole]:
                when = moment.when
                break
            read_to += whole
        time.sleep(0.01)
    if conductor.poll() is not None:
        return False
    if alone:
        conductor.kill()
    else:
        _kill(conductor.pid)
    conductor.wait()
    killed.killed(when, _where(plan, folder), time.monotonic() - began_s)
    return True


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _where(plan: Plan, folder: Path) -> str:
    """The moment that a killed conductor's journal stands at, whose last line may be half written."""
    ramp = folded(plan, read_file(folder / FILE, may_be_torn=True).records)
    return f"{ramp.moment} {ramp.phase}"


def _is_at_its_end(plan: Plan, folder: Path) -> bool:
    """All traffic is on the release, or none: the stable hours after that are no part of it."""
    ramp = folded(plan, read(folder))
    return ramp.phase in OVER or ramp.in_stable_hours


def _wrong(plan: Plan, folder: Path, scenario: str, weight_pct: float | None) -> list[str]:
    records = read(folder)
    ramp = folded(plan, records)
    is_right = ramp.phase is Phase.ROLLED_BACK if scenario == FAULTY else _is_at_its_end(plan, folder)
    wrong = (
        [] if is_right else [f"it ended {ramp.phase} at {ramp.moment}, blocked by {set(ramp.blocks)}: {_why(records)}"]
    )
    if weight_pct is not None and weight_pct != (0 if ramp.phase is Phase.ROLLED_BACK else ramp.weight_pct):
        wrong.append(f"traffic is at {weight_pct:g} %, the journal says {ramp.weight_pct:g} %")
    return [*wrong, *_risen_wrongly(plan, records)]


def _risen_wrongly(plan: Plan, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rises that skip a stage, or do not follow on a CONTINUE of the moment before."""
    wrong = list[str]()
    weights = [0.0, *(float(stage.traffic_pct or 0) for stage in plan.stages)]
    moments = ["t_minus_10", *(stage.id for stage in plan.stages)]
    decided, before_pct = dict[str, str](), 0.0
    for each in records:
        if each["kind"] == "decision":
            decided[each["moment"]] = each["action"]
        if each["kind"] == "ordered" and each["what"] == "SetWeight":
            moment, to_pct = each["order"]["moment"], each["order"]["to_pct"]
            if weights.index(to_pct) - weights.index(before_pct) not in (0, 1):
                wrong.append(f"{to_pct:g} % was ordered after {before_pct:g} %")
            if decided.get(moments[moments.index(moment) - 1]) != "CONTINUE":
                wrong.append(f"{to_pct:g} % was ordered without a CONTINUE of the moment before")
            before_pct = to_pct
    return wrong


def _why(records: Sequence[Mapping[str, Any]]) -> str:
    """What held it, where something was decided."""
    return next(
        (str(each["reason"]) for each in reversed(records) if each["kind"] == "decision"), "nothing was decided"
    )
