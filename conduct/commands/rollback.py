"""Takes all users back from the canary, at once: this command is the consent. It needs no --act, no conductor, nobody's
sign-off and no other part of the release file than how traffic is set. Then it measures that nobody is left with it,
and where no conductor hears of it, writes that down and drafts the post-mortem.

python -m ramp rollback                     the newest run's release
python -m ramp rollback --release FILE      by that file's [real.traffic]

Exit status: 0 once zero is proven; 10 where it is not: look at the traffic tool yourself, and run it again; 2 after
Ctrl-C, which ends it at once and takes no order back.
"""

import getpass
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from typing import Any

from conduct import words
from conduct.commands.opening import named_or_newest, opened
from conduct.common_options import takes
from conduct.journal import JournalBusy
from conduct.rollback import Interrupted, RolledBack, order, roll_back
from conduct.rolled_back_by_hand import written_down
from conduct.run import OBSERVATIONS, Run, load_plan
from fixtures.traffic.contract import traffic_of
from fixtures.traffic.witness import Witness
from ramp.decision import INTERRUPTED_EXIT, Action
from ramp.happened import Word
from ramp.observation import NoEvidence
from ramp.ports import TrafficFailed
from ramp.privacy.environment import secrets_in
from ramp.release import Release
from ramp.target import Target
from ramp.traffic_rows import TrafficTold
from ramp.validation import Invalid, Row, read_toml, typed
from reports.journal import JournalBroken

_TAIL_BYTES = 65_536


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "run")


def run(options: Namespace) -> int:
    """Raises Invalid where nothing says how traffic is set, and TrafficFailed where the tool failed and nothing can be
    measured."""
    folder = options.run or named_or_newest(options)
    try:
        of = opened(options, folder=folder)
        release, target = of.release, of.site.target
    except Invalid as invalid:
        return _only_ordered(_traffic_alone(options.release, invalid), folder, invalid)
    if target.traffic is None:
        raise Invalid(str(options.release), ["real.traffic: says how traffic is set, and is missing"])
    status = None
    try:
        done = _rolled_back(options, folder, release, target, of.site.secrets)
    except Interrupted as interrupted:
        done, status = interrupted.done, INTERRUPTED_EXIT
    print(f"{done.sentence[0].upper()}{done.sentence[1:]}.{'' if done.zero.proven else ' Run it again.'}")
    if folder:
        with suppress(OSError):  # what was done counts, not that it could be written down
            words.say(folder, Word.ROLLBACK, getpass.getuser(), rolled_back=done.record())
    if status:
        print("No post-mortem is drafted, for it was interrupted: this command again drafts it.", file=sys.stderr)
        return status
    _draft(of, done)
    return 0 if done.zero.proven else Action.HOLD.exit_code


def _draft(run: Run, done: RolledBack) -> None:
    """The post-mortem's, once all is done and said: what comes of it changes nothing about the rollback."""
    try:
        if drafted := written_down(run, getpass.getuser(), done):
            print(f"The draft of the post-mortem: {drafted} (docs/post-mortem.md)")
    except JournalBusy as busy:
        print(f"No post-mortem is drafted: {busy} Then type this command again, which drafts it.", file=sys.stderr)
    except (JournalBroken, NoEvidence, OSError) as failed:
        print(f"No post-mortem is drafted: {failed}", file=sys.stderr)
    except KeyboardInterrupt:
        print("No post-mortem is drafted: it was interrupted", file=sys.stderr)


def _rolled_back(
    options: Namespace, folder: Path | None, release: Release, target: Target, secrets: tuple[str, ...]
) -> RolledBack:
    assert target.traffic is not None
    plan = load_plan(options.plan)
    was_pct = _last_weight_pct(folder) or float(plan.stages[0].traffic_pct or 1)
    traffic = traffic_of(target.traffic, secrets, folder)
    return roll_back(traffic, Witness(target, release), was_pct, plan.rollback.budget_s)


class _Real(Row):
    """Of the release file's table [real] only what a rollback needs."""

    traffic: TrafficTold


def _traffic_alone(file: Path, because: Invalid) -> TrafficTold:
    """What the release file says of traffic, though the rest of it is of no use."""
    table: Any = read_toml(file.read_text("utf-8-sig"), str(file)) if file.exists() else {}
    real = table.get("real")
    if not isinstance(real, dict) or "traffic" not in real:
        raise because
    return typed(_Real, {"traffic": real["traffic"]}, str(file)).traffic


def _only_ordered(row: TrafficTold, folder: Path | None, because: Invalid) -> int:
    if why := order(traffic_of(row, secrets_in(os.environ), folder)):
        raise TrafficFailed(f"the rollback was ordered and failed: {why}")
    print(
        "The traffic tool took the order. NOT PROVEN, and no post-mortem is drafted: the rest of the release file is "
        "of no use. Mend it, then type this command again:",
        file=sys.stderr,
    )
    print(because, file=sys.stderr)
    return Action.HOLD.exit_code


def _last_weight_pct(folder: Path | None) -> float | None:
    """The canary's planned share at the run's last look; None where none is to be read, for whatever reason."""
    if folder is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError), (folder / OBSERVATIONS).open("rb") as lines:
        lines.seek(max(os.fstat(lines.fileno()).st_size - _TAIL_BYTES, 0))
        last = lines.read().rstrip(b"\n").rpartition(b"\n")[2]
        return float(json.loads(last)["traffic_pct"])
    return None
