"""Rollbacks, measured: `python -m tests.bench.rollbacks --rollbacks 20`, on the rehearsal's edge and on HAProxy itself.

Seconds of the clock, median and most: from the start of a look at which payments fail until the tool is ordered to roll
back (judged by every gate, written down on disk), until the canary's last answer to a user, and until zero is proven;
on HAProxy also until the last byte of what was open at the canary. HAProxy is unpacked from Debian's packages, as for
`./toxw -e components`.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from conduct.holding import Holding
from conduct.journal import Journal
from conduct.rollback import RolledBack, roll_back
from conduct.run import PROJECT, load_plan, load_release
from fixtures.clock import PlanClock
from fixtures.rehearsal import running
from fixtures.traffic.edge import EdgeTraffic
from fixtures.traffic.witness import Witness
from ramp.conducted import Phase, Ramp
from ramp.folded import begun
from ramp.gates import GATES
from ramp.happened import RollbackRan, WeightRead, record
from ramp.judge import Judge, Looked
from ramp.ordered import Command, RollBack
from ramp.plan import Moment, Plan
from ramp.ports import Traffic
from ramp.release import Release
from ramp.target import ScrapeEndpoint, Target
from tests.simulation.shop import SOUND, Regression, Shop

BUDGET_S, USERS, HELD_MIN = 120.0, 150, 12
FAILING = Regression(pays=0.0)
Before = tuple[Traffic, Target, Release]


class Hands:
    """A conductor's: a stage of `pct` percent at whose next look payments fail, and traffic that is really set."""

    def __init__(self, plan: Plan, journal: Journal, moment: Moment, before: Before) -> None:
        self.plan, self.journal, self.moment = plan, journal, moment
        self.traffic, target, release = before
        self.witness = Witness(target, release)
        self.driver = SimpleNamespace(look=self.look, progress=lambda *of: None)
        self.shop, self.judge = Shop(seed=1), Judge(plan, tuple(GATES))
        self.began_s, self.order_s, self.done = 0.0, 0.0, list[RolledBack]()
        for one in self.shop.placebo_hour():
            self.judge.add(one)
        for minute in range(1, HELD_MIN + 1):
            self._seen(minute, SOUND)

    def _seen(self, minute: int, of: Regression) -> Looked | None:
        self.shop.go_on(float(minute), float(self.moment.traffic_pct or 0), of, payments=3)
        for one in self.shop.seen(self.moment.id, float(self.moment.traffic_pct or 0)):
            self.judge.add(one)
        return self.judge.end()

    def look(self, moment: Moment) -> Looked | None:
        self.began_s = time.monotonic()
        return self._seen(HELD_MIN + 1, FAILING)

    def row(self, moment: str) -> Moment:
        return self.moment

    def read_weight(self) -> WeightRead:
        return WeightRead(self.traffic.weight_pct())

    def came_in(self) -> Iterator[object]:
        return iter(())

    def judged(self, verdicts) -> Iterator[object]:
        return iter(())

    def signed_off(self) -> None:
        return None

    def write_down(self, event) -> None:
        self.journal.append("happened", PlanClock.real().now(), event=record(event))

    def carry_out(self, order: Command) -> RollbackRan | None:
        if not isinstance(order, RollBack):
            return None
        self.journal.append("ordered", PlanClock.real().now(), what="RollBack", order=vars(order))
        self.order_s = time.monotonic() - self.began_s
        self.done.append(roll_back(self.traffic, self.witness, order.was_pct, BUDGET_S))
        return None


def rolled_back(plan: Plan, before: Before, pct: int, folder: Path) -> tuple[float, RolledBack]:
    """One rollback from `pct`, with users of ours who are with the canary: seconds from look to order, and the rest."""
    index, moment = next((n, stage) for n, stage in enumerate(plan.stages) if stage.traffic_pct == pct)
    before[0].set_weight(pct)
    with Journal(folder) as journal:
        hands = Hands(plan, journal, moment, before)
        hands.witness.ask_new(USERS)
        run = SimpleNamespace(plan=plan, site=SimpleNamespace(clock=PlanClock.real()))
        Holding(run, hands, _held(plan, index, float(pct))).look()  # type: ignore[arg-type]
    return hands.order_s, hands.done[0]


def with_listeners(plan: Plan, edge: Before, pct: int, folder: Path) -> tuple[float, RolledBack, float]:
    """The same, with users who listen at the canary, and when the last of them got the last byte of it."""
    from tests.components.of_haproxy import RELEASE, last_byte_s, opened  # noqa: PLC0415  as above

    edge[0].set_weight(50)
    with ExitStack() as stack, ThreadPoolExecutor() as reading:
        names = [f"{folder.name}-{each}" for each in range(12)]
        streams = list(opened(edge[1].edge_url, names, RELEASE.version, stack))
        ends = [reading.submit(last_byte_s, answer, time.monotonic() + BUDGET_S) for answer in streams]
        order_s, done = rolled_back(plan, edge, pct, folder)
        ordered_s = time.monotonic() - done.zero.after_s
        return order_s, done, max((each.result() or float("inf") for each in ends), default=0.0) - ordered_s


def _held(plan: Plan, index: int, pct: float) -> Ramp:
    course = begun(plan).course
    return Ramp(course=course, before=("t_minus_10",), phase=Phase.HOLDING, index=index, weight_pct=pct)


@contextmanager
def rehearsal(folder: Path, plan: Plan) -> Iterator[Before]:
    release = load_release(PROJECT / "release.toml", plan, [])
    started = running.start(folder, PROJECT / "release.toml", "healthy", 60)
    try:
        yield EdgeTraffic(started.target.edge_url), started.target, release
    finally:
        started.stop()


@contextmanager
def haproxy(folder: Path, plan: Plan) -> Iterator[Before]:
    from tests.components.of_haproxy import RELEASE, edge_in  # noqa: PLC0415  what it needs is not always there
    from tests.conftest import served  # noqa: PLC0415

    folder.mkdir()
    with ExitStack() as serving, edge_in(folder, lambda app: serving.enter_context(served(app))) as (url, traffic):
        yield traffic, Target(edge_url=url, scrapes=(ScrapeEndpoint(url=f"{url}/metrics"),)), RELEASE


EDGES = {"rehearsal": rehearsal, "haproxy": haproxy}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rollbacks", description=__doc__)
    parser.add_argument("--rollbacks", type=int, default=20, help="from 50 % on each; a tenth as many from 1 %")
    parser.add_argument("--on", choices=EDGES, action="append", help="by default both")
    options = parser.parse_args()
    plan, unproven = load_plan(), 0
    for name in options.on or EDGES:
        with tempfile.TemporaryDirectory(prefix="shiproom-") as parent, EDGES[name](Path(parent, "edge"), plan) as edge:
            for pct, count in ((50, options.rollbacks), (1, max(options.rollbacks // 10, 1))):
                folders = [Path(parent, f"{pct}-{number}") for number in range(count)]
                if name == "haproxy":
                    heard = [with_listeners(plan, edge, pct, folder) for folder in folders]
                    tried, last = [each[:2] for each in heard], [each[2] for each in heard]
                else:
                    tried, last = [rolled_back(plan, edge, pct, folder) for folder in folders], []
                _say(f"{name}, {pct} %", tried, last)
                unproven += sum(not done.zero.proven for _, done in tried)
    return 1 if unproven else 0


def _say(where: str, tried: list[tuple[float, RolledBack]], heard: list[float]) -> None:
    last = [done.zero.last_canary_s or 0.0 for _, done in tried]
    proven = [done.zero.after_s for _, done in tried if done.zero.proven]
    gaps = [done.zero.resolution_s for _, done in tried]
    print(f"{where}: {len(proven)} of {len(tried)} proven, answers at most {max(gaps):.2f} s apart")
    told = {"look to order": [s for s, _ in tried], "last canary answer": last, "zero": proven}
    for what, seconds in (told | ({"last byte of a stream": heard} if heard else {})).items():
        print(f"  {what:21} median {median(seconds or [0]):6.3f} s, most {max(seconds or [0]):6.3f} s", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
