"""Brings load by itself, to the rehearsal or (with --act, below its ceiling) to a real target.

python -m ramp load --seconds 60
python -m ramp load --act --seconds 900 --per-s 400 --workers 2
"""

import json
import time
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from functools import partial

from rich.console import Console

from conduct.commands.opening import allow_live_payments, opened
from conduct.common_options import takes
from conduct.conducting import Conducting
from conduct.live_guard import lacking_of_checkouts
from conduct.load_pays import share_of
from conduct.options import address, count, number
from conduct.run import Run
from fixtures.load import LONGEST_S, Load, LoadFailed
from fixtures.traffic.edge import EdgeTraffic
from ramp.brought import Brought
from ramp.gates.load import LoadGateRow
from ramp.load import observed, order_for, summary
from ramp.observation import NoEvidence
from ramp.plan import Moment
from ramp.ports import TrafficFailed
from ramp.units import show_seconds
from reports.load_progress import LoadProgress, table
from reports.progress import Progress

LOOK_EVERY_S = 0.5


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed", "act", "run")
    seconds, per_s = number("--seconds", 0.1, LONGEST_S, 30), number("--per-s", 0.001, 1e6, 100)
    parser.add_argument("--moment", default="stage_1", metavar="STAGE", help="whose weight and hold (default stage_1)")
    parser.add_argument("--seconds", type=seconds, metavar="N", help="for how long, where not for the stage's hold")
    parser.add_argument("--per-s", type=per_s, metavar="N", help="requests a second in all (default: the plan's)")
    workers = count("--workers", 1000)
    parser.add_argument("--workers", type=workers, default=1, metavar="N", help="processes that share the load")
    allow_live_payments(parser)
    joins = address("--bind")
    parser.add_argument("--bind", type=joins, metavar="HOST:PORT", help="other machines' workers join: docs/load.md")


def run(options: Namespace) -> int:
    """0 where the load can be believed. Raises Invalid above the ceiling, and NoEvidence where it cannot."""
    run = opened(options, folder=options.run, moments=[options.moment])
    with Conducting(run, Progress()) as conducting:
        _bring(conducting.run, options)
    return 0


def _bring(run: Run, options: Namespace) -> None:
    """Brings the plan's load to `run` for the hold of `options.moment`, or for `options.seconds`, and leaves in the
    run's folder load/summary.json, load/observations.jsonl and load/locust.html."""
    site = run.site
    site.must_allow("bring load")
    moment = run.plan.moment(options.moment)
    hold_s = options.seconds or 60 * (moment.hold_min or 1) / run.site.speed
    lacking = partial(lacking_of_checkouts, run)
    order = order_for(run.plan, run.release, site.target, hold_s=hold_s, total_per_s=options.per_s, lacking=lacking)
    try:
        if site.may("set the weight"):
            EdgeTraffic(site.target.edge_url).set_weight(moment.traffic_pct or 0)
        edge, left = site.target.edge_url, run.folder / "load"
        load = Load.start(
            order, edge, site.ledger_url, left, access=site.target.access, workers=options.workers, join=options.bind
        )
        try:
            share, unpaid = share_of(run, moment, hold_s)
            if unpaid:
                print(unpaid)
            load.pay(share)
            brought = _watch(load, hold_s)
        finally:
            load.end()
    except (LoadFailed, TrafficFailed) as failed:
        raise NoEvidence(f"load NO DATA: {failed}") from None
    _leave(run, moment, brought, hold_s)
    _say(run, brought)


def _watch(load: Load, hold_s: float) -> Brought:
    with LoadProgress() as progress:
        load.wait_until_flowing()
        until_s = time.monotonic() + hold_s
        while not load.ended():
            progress(load.look(), max(until_s - time.monotonic(), 0.0))
            time.sleep(LOOK_EVERY_S)
    return load.stop()


def _leave(run: Run, moment: Moment, brought: Brought, hold_s: float) -> None:
    folder, clock = run.folder / "load", run.site.clock

    def at(unix_s: float) -> datetime:
        """Plan time then, from how long ago it was."""
        return clock.now() - timedelta(seconds=clock.speed * (time.time() - unix_s))

    lines = map(json.loads, (folder / "seconds.jsonl").read_text("utf-8").splitlines())
    seen = observed(lines, moment, at, 60 * run.plan.reading.look_every_min / run.site.speed, hold_s)
    text = "".join(json.dumps(one.record()) + "\n" for one in seen)
    (folder / "observations.jsonl").write_text(text, "utf-8")
    made = {"made_at": datetime.now(UTC).isoformat(), "moment": moment.id}
    (folder / "summary.json").write_text(json.dumps(made | summary(brought), indent=1), "utf-8")


def _say(run: Run, brought: Brought) -> None:
    """Raises NoEvidence where the load cannot be believed."""
    Console(highlight=False).print(table(brought))
    paid = ", ".join(f"{count} {name}" for name, count in brought.payments.items())
    because = f": {brought.unpaid_because}" if brought.unpaid_because else ""
    print(f"checkouts: {paid}{because}")
    limits, stretch = run.plan.gate(LoadGateRow), brought.stretch()
    late, most_s = stretch.late_ratio(limits.lag_s_max), show_seconds(limits.lag_s_max)
    print(f"{late:.1%} of requests left more than {most_s} late by the generator's own fault")
    print(f"{show_seconds(brought.seconds_s)} of load; everything of it is in {run.folder / 'load'}")
    try:
        brought.must_have_lasted()
        stretch.must_be_believable(limits, run.plan.reading.samples_min)
    except NoEvidence as missing:
        raise NoEvidence(f"load NO DATA: {missing.reason}") from None
    print("load GREEN: on time, answered, and by the slice that it was addressed to")
