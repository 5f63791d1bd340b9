"""Writes a plan to begin with: latency, errors and share are judged at every stage, all else is left out in view.

With --edge, and --metrics or --prometheus, it writes a release file too, of what they show of themselves.

python -m ramp init
python -m ramp init --edge=https://shop.example.com --metrics=http://canary:8000/metrics
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from conduct.first_plan import write_plan
from conduct.first_release import write_release
from ramp.access import Access
from ramp.validation import Invalid, typed

PLAN, RELEASE = Path("gates-only.toml"), Path("first-release.toml")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--write-plan", type=Path, default=PLAN, metavar="FILE", help=f"the new plan (default {PLAN})")
    release = parser.add_argument_group("a release file")
    release.add_argument("--edge", metavar="URL", help="where users come in, as https://shop.example.com")
    said = "a /metrics page: of both slices, or the canary's, and then control's with a second --metrics"
    release.add_argument("--metrics", metavar="URL", action="append", default=[], help=said)
    release.add_argument("--prometheus", metavar="URL", help="where its API begins, instead of pages")
    said = "the environment variable that holds the token that pages, or Prometheus, ask for"
    release.add_argument("--bearer-env", metavar="NAME", help=said)
    release.add_argument("--ca-file", metavar="FILE", help="the certificate authority of all of them")
    said = f"the new release file (default {RELEASE})"
    release.add_argument("--write-release", type=Path, default=RELEASE, metavar="FILE", help=said)


def run(options: Namespace) -> int:
    """Raises Invalid where what is asked for is not clear, or a file is there already: it may be somebody's work; and
    NoEvidence where nothing answers."""
    named = options.edge or options.metrics or options.prometheus
    if named and (not options.edge or bool(options.metrics) == bool(options.prometheus)):
        raise Invalid("init", ["name the edge with --edge=URL, and its numbers with --metrics=URL or --prometheus=URL"])
    for line in _released(options) if named else ():
        print(f"CHANGE  {line}")
    if not options.write_plan.exists() or not named:
        write_plan(options.write_plan)
    of = f" --release={options.write_release}" if named else ""
    print(f"Go on with: python -m ramp doctor --plan={options.write_plan}{of}")
    return 0


def _released(options: Namespace) -> Sequence[str]:
    """What has to be changed in it. Raises Invalid and NoEvidence."""
    by = {name: value for name in ("bearer_env", "ca_file") if (value := getattr(options, name))}
    access = typed(Access, by, "init") if by else None
    return write_release(options.write_release, options.edge, options.metrics, options.prometheus, access)
