"""Searches log files for personal data and secrets: file, line and place of each, never the value."""

import json
import sys
import zlib
from argparse import ArgumentParser, Namespace
from collections import Counter
from datetime import UTC, datetime

from fixtures.log_files import opened, searched
from ramp.decision import USAGE_EXIT, Action
from ramp.privacy.kinds import Found
from reports.progress import Counting

EXAMPLES = """\
examples:
  python -m ramp scan app.log                     every finding: app.log:12:34-57 EMAIL (COPPA)
  python -m ramp scan --json logs/*.log.gz        one JSON object a finding
  kubectl logs deploy/app | python -m ramp scan - what comes in by standard input

A finding is at "line" (from 1), from "start" to before "end", counted in characters from 0; of an encoded value it
is the encoded text. Exit status: 0 nothing was found, 10 something was, 4 a file cannot be read.
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("file", nargs="+", metavar="FILE", help="a log, also .gz; - is standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a finding, a line each")


def run(options: Namespace) -> int:
    """10 where something was found, 4 where a file cannot be read: nobody knows what stands in that."""
    progress, kinds, lines, unreadable = Counting(), Counter[str](), 0, False
    for name in options.file:
        last = 0
        try:
            with opened(name) as file:
                for last, found in searched(file, datetime.now(UTC).year):
                    for one in found:
                        kinds[one.kind] += 1
                        progress.clear()
                        place = f"{name}:{last}:{one.start}-{one.end}"
                        print(_as_json(name, last, one) if options.json else f"{place} {one.why}")
                    progress(f"{name}: {last:,} lines, {kinds.total():,} findings")
        except (OSError, EOFError, zlib.error) as error:
            progress.clear()
            unreadable = True
            print(f"{name} cannot be read beyond line {last}: {error}; nothing is known of the rest", file=sys.stderr)
        lines += last
    progress.clear()
    if not options.json:
        print(_summary(lines, kinds))
    return USAGE_EXIT if unreadable else Action.HOLD.exit_code if kinds else 0


def _as_json(file: str, line: int, found: Found) -> str:
    return json.dumps({"file": file, "line": line, "start": found.start, "end": found.end, "type": str(found.kind)})


def _summary(lines: int, kinds: Counter[str]) -> str:
    of_each = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    return f"{kinds.total():,} findings in {lines:,} lines" + (f": {of_each}" if of_each else "")
