"""The command line: `python -m ramp COMMAND`. The one file of ramp/ that imports conduct: it composes.

Exit status: 0 CONTINUE, 10 HOLD, 20 ROLLBACK, 30 evidence broken or unsafe to publish, 2 interrupted, 4 usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import NoReturn

from conduct.common_options import DEFAULTS
from conduct.interrupts import Interrupts
from conduct.journal import JournalBusy, NotWritten
from conduct.lease import Conducted
from conduct.masked_output import masked_output
from conduct.publish import NotPublished
from conduct.site import SiteFailed
from fixtures.payments.store import LedgerUnavailable
from ramp.decision import EVIDENCE_BROKEN_EXIT, INTERRUPTED_EXIT, USAGE_EXIT, Action
from ramp.observation import NoEvidence
from ramp.ports import TrafficFailed
from ramp.privacy.environment import secrets_in
from ramp.validation import Invalid, nearest
from reports.journal import JournalBroken
from reports.searched import UnsafeToPublish

COMMANDS = {
    "init": "conduct.commands.init",
    "start-time": "conduct.commands.start_time",
    "rehearse": "conduct.commands.rehearse",
    "run": "conduct.commands.run",
    "observe": "conduct.commands.observe",
    "status": "conduct.commands.status",
    "verdict": "conduct.commands.verdict",
    "hold": "conduct.commands.hold",
    "resume": "conduct.commands.resume",
    "rollback": "conduct.commands.rollback",
    "drill": "conduct.commands.drill",
    "doctor": "conduct.commands.doctor",
    "load": "conduct.commands.load",
    "anew": "conduct.commands.anew",
    "close": "conduct.commands.close",
    "recover": "conduct.commands.recover",
    "matrix": "conduct.commands.matrix",
    "publish": "conduct.commands.publish",
    "replay": "conduct.commands.replay",
    "power": "conduct.commands.power",
    "scan": "conduct.commands.scan",
}
FIGURES_ALONE = (["scan"], ["replay"], ["power"], ["start-time"])  # what these print is numbers, and read by programs
FORESEEN: dict[type[Exception], int] = {
    Invalid: USAGE_EXIT,
    SiteFailed: USAGE_EXIT,
    Conducted: USAGE_EXIT,
    NotPublished: EVIDENCE_BROKEN_EXIT,
    UnsafeToPublish: EVIDENCE_BROKEN_EXIT,
    JournalBroken: EVIDENCE_BROKEN_EXIT,
    JournalBusy: EVIDENCE_BROKEN_EXIT,
    NoEvidence: Action.HOLD.exit_code,
    NotWritten: Action.HOLD.exit_code,
    TrafficFailed: Action.HOLD.exit_code,
    LedgerUnavailable: Action.HOLD.exit_code,
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one line."""

    @property
    def options(self) -> list[str]:
        return list(self._option_string_actions)

    def error(self, message: str) -> NoReturn:
        raise Invalid(self.prog, [f"{message}; see {self.prog} --help"])


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every foreseen failure is one line on standard error. Nothing that it says is secret."""
    argv = sys.argv[1:] if argv is None else argv
    with masked_output(lambda: secrets_in(os.environ), only_errors=argv[:1] in FIGURES_ALONE):
        return _main(argv)


def _main(argv: Sequence[str]) -> int:
    try:
        with Interrupts():
            options = _options(argv)
            return int(options.call(options))
    except SystemExit as usage:
        return USAGE_EXIT if usage.code == 2 else int(usage.code or 0)
    except tuple(FORESEEN) as failed:
        print(failed, file=sys.stderr)
        return next(status for kind, status in FORESEEN.items() if isinstance(failed, kind))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return 0
    except OSError as failed:
        print(f"a file cannot be used: {failed}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        print(f"\nInterrupted at {datetime.now(UTC):%H:%M:%SZ}: HOLD. Nothing was promoted.", file=sys.stderr)
        return INTERRUPTED_EXIT


def _options(argv: Sequence[str]) -> argparse.Namespace:
    """Only the command that was named is imported; all are, where they are to be listed."""
    parser = Parser(prog="python -m ramp", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        close = nearest(argv[0], COMMANDS)
        raise Invalid("python -m ramp", [f"there is no command '{argv[0]}'.{close} Commands: {', '.join(COMMANDS)}."])
    for name in argv[:1] if argv and argv[0] in COMMANDS else COMMANDS:
        command = import_module(COMMANDS[name])
        said = str(command.__doc__)
        first = " ".join(said.partition("\n\n")[0].split())
        # Whoever allows something, such as --live-payments, has typed all of it.
        added = commands.add_parser(
            name,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            help=first.replace("%", "%%"),
            description=said,
        )
        added.set_defaults(call=command.run, **DEFAULTS)
        command.add_arguments(added)
    options, unknown = parser.parse_known_args(argv)
    if unknown:
        close = nearest(next(filter(_is_option, unknown), "").partition("=")[0], added.options)
        raise Invalid(added.prog, [f"unrecognized arguments: {' '.join(unknown)}.{close} See {added.prog} --help"])
    return options


def _is_option(word: str) -> bool:
    return word.startswith("-")


if __name__ == "__main__":
    sys.exit(main())
