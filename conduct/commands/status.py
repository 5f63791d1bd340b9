"""Where the newest run (or --run DIR) stands: what is under way, what keeps traffic from rising, what comes next.

python -m ramp status
python -m ramp status --json     for programs: moment, phase, weight_pct, blocks, asked, conducted, last, next_step
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from typing import Any

from conduct.commands.opening import newest
from conduct.common_options import takes
from conduct.lease import is_held
from conduct.run import load_plan
from ramp.conducted import Block, Phase, Ramp
from ramp.folded import folded
from ramp.moves import red_cadence
from ramp.observation import NoEvidence
from ramp.room import Room
from reports.journal import FILE, Story, latest, read_file

_PHASES = {
    Phase.SETTING: "its weight is being set",
    Phase.OBSERVING: "the share of the traffic is to be seen before its hold begins",
    Phase.HOLDING: "is held and looked at every minute",
    Phase.ENDING: "is held to its end and judged",
    Phase.ROLLING_BACK: "is being rolled back",
    Phase.PROVING: "was rolled back, and zero is not proven yet",
    Phase.ROLLED_BACK: "was rolled back, and zero is proven",
    Phase.DONE: "is concluded: all traffic is on the release",
}

_IN_STABLE_HOURS = "follows once the stable hours are over; the release is looked at every minute"


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "plan", "run")
    parser.add_argument("--json", action="store_true", help="one object, for programs")


def run(options: Namespace) -> int:
    """0, whatever it says. Raises NoEvidence where there is no run, and JournalBroken."""
    folder = options.run or newest()
    if folder is None or not folder.exists():
        raise NoEvidence("there is no run; name it with --run=DIR")
    records = read_file(folder / FILE, may_be_torn=True).records  # the conductor may be writing
    ramp, story = folded(load_plan(options.plan), records), latest(records)
    facts = _facts(ramp, story, _asked(ramp, records), conducted=is_held(folder))
    if options.json:
        print(json.dumps(facts))
        return 0
    phase = _IN_STABLE_HOURS if ramp.in_stable_hours and ramp.phase is Phase.HOLDING else _PHASES[ramp.phase]
    print(f"{story.run.get('version', folder)}: {facts['moment']} {phase}; weight {ramp.weight_pct:g} %")
    if ask := facts["asked"]:
        print(f"Asked of the CEO, in the thread of the card: {ask}")
    if ramp.blocks:
        print(f"Traffic does not rise: {', '.join(sorted(ramp.blocks))}")
    if Block.CARDS in ramp.blocks:
        print(f"RED: {red_cadence(ramp)}")
    print(f"Last: {facts['last'] or 'nothing is decided yet'}")
    print(f"Next: {facts['next_step'] or 'the conductor goes on by itself'}")
    if not facts["conducted"] and ramp.phase not in (Phase.ROLLED_BACK, Phase.DONE):
        print(f"Nobody conducts it. Go on: python -m ramp run --run={folder}. Roll back: python -m ramp rollback")
    return 0


def _asked(ramp: Ramp, records: Iterable[Mapping[str, Any]]) -> str | None:
    """The reply that would sign off what is asked now."""
    room = Room()
    for record in records:
        room.follow(record)
    return room.open.reply if room.open and room.open.moment == ramp.moment else None


def _facts(ramp: Ramp, story: Story, asked: str | None, *, conducted: bool) -> dict[str, object]:
    last = story.newest.decision if story.newest else None
    return {
        "moment": ramp.moment,
        "phase": ramp.phase.value,
        "weight_pct": ramp.weight_pct,
        "blocks": [block.value for block in ramp.blocks],
        "asked": asked,
        "conducted": conducted,
        "last": f"{last.action} at {last.moment}: {last.reason}" if last else None,
        "next_step": last.next_step if last else None,
    }
