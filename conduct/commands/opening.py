"""How a command opens its run: from the common options, a rehearsal confined to loopback."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from conduct.run import Run, load_plan, open_run
from conduct.run_folder import must_be_there, must_be_usable
from ramp.validation import Invalid, nearest


def allow_live_payments(parser: ArgumentParser) -> None:
    said = "real target: allow what moves real money; see docs/"
    parser.add_argument("--live-payments", action="store_true", help=said)


def opened(options: Namespace, *, folder: Path | None, moments: Sequence[str] = (), anew: bool = False) -> Run:
    """The run of `options` in `folder`, or in a new one; `anew` as in `open_run`. Raises Invalid, also where one of
    `moments` is no stage, and where --run names what is no run's folder."""
    if options.run:
        must_be_usable(options.run)
    known = [stage.id for stage in load_plan(options.plan).stages]
    for moment in moments:
        if moment not in known:
            raise Invalid("--moment", [f"'{moment}' is no stage.{nearest(moment, known)} Known: {', '.join(known)}."])
    run = open_run(
        options.release,
        moments,
        plan_file=options.plan,
        folder=folder,
        scenario=options.scenario,
        speed=options.speed,
        act=options.act,
        live_payments=getattr(options, "live_payments", False),
        anew=anew,
    )
    run.site.confine()
    return run


def named_or_newest(options: Namespace) -> Path | None:
    """The folder of --run, or the newest run's. Raises Invalid where there is no such folder as --run names."""
    if options.run:
        must_be_there(options.run)
        return Path(options.run)
    return newest()


def newest() -> Path | None:
    """The newest run folder of any release that has a journal."""
    journals = sorted(Path("runs").glob("*/*/journal.jsonl"), key=lambda file: file.stat().st_mtime)
    return journals[-1].parent if journals else None
