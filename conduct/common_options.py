"""The options that several commands have, each offered only where it does something."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conduct.options import speed
from conduct.run import PLAN_FILE

# What a command that has not the option goes by.
DEFAULTS: Mapping[str, Any] = {
    "release": Path("release.toml"), "plan": PLAN_FILE, "scenario": "healthy", "speed": None, "act": False, "run": None,
}  # fmt: skip
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "release": {"type": Path, "metavar": "FILE", "help": "the facts of the release (default: release.toml)"},
    "plan": {"type": Path, "metavar": "FILE", "help": "the directive (default: ramp/plan.toml)"},
    "scenario": {"metavar": "NAME", "help": "rehearsal: switch a fault on by name"},
    "speed": {"type": speed, "metavar": "N", "help": "plan minutes a real minute (rehearsal: 60)"},
    "act": {"action": "store_true", "help": "real target: allow traffic, money, restores, load"},
    "run": {"type": Path, "metavar": "DIR", "help": "the run folder (default: a new one, or the newest)"},
}


def takes(parser: ArgumentParser, *names: str) -> None:
    """Offers the options of these `names`."""
    for name in names:
        parser.add_argument(f"--{name}", default=DEFAULTS[name], **_OPTIONS[name])
