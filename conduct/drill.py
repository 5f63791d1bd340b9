"""The drill of the rollback: users are sent to the canary where that harms nobody, the very command of the release
takes them back, and users are asked whether it did."""

import shlex
from functools import partial
from typing import Any

from conduct.drills_told import DRILLED
from conduct.journal import Journal
from conduct.lending import Place, emptied, lent, put_back, taken_back
from conduct.rollback import RolledBack
from conduct.run import Run
from fixtures import http
from fixtures.traffic.contract import traffic_of, users_of_canary
from fixtures.traffic.witness import Witness
from ramp.drill_rows import Drill
from ramp.observation import NoEvidence
from ramp.ports import TrafficFailed
from ramp.traffic_rows import TrafficTold
from ramp.validation import Invalid
from reports.journal import read

ANSWER_S = 5.0


def drill(run: Run, journal: Journal) -> dict[str, Any]:
    """What the drill came to, as it stands in the journal. Raises Invalid where no row says where it harms nobody, and
    NoEvidence where it must not, or cannot, be made: then nothing was proven of the command."""
    place, row = place_of_drill(run), run.site.target.traffic
    if place is None or row is None or row.drill is None:
        said = "real.traffic.drill: says where a drill harms nobody, and is missing"
        raise Invalid(str(run.site.release_file), [said])
    run.site.must_allow("drill the rollback")
    now = run.site.clock.now
    is_lent = row.drill.place != "placebo"  # where the owner has set it
    if is_lent:
        put_back_drill(run, journal)
        _must_be_free(place, row.drill)
    else:
        _must_run_the_old_version(run)
    try:
        with lent(journal, now, place) if is_lent else emptied(place) as left:
            if is_lent:
                place.traffic.set_weight(place.weight_pct)
            done = taken_back(place)
    except (TrafficFailed, NoEvidence) as failed:
        raise NoEvidence(f"the rollback was not drilled: {failed}") from None
    return journal.append(DRILLED, now(), **_record(row, row.drill, done, left.said))


def put_back_drill(run: Run, journal: Journal) -> str:
    """What a drill of this run that was killed left behind; see `conduct/lending.py`. It asks users of its own."""
    place = place_of_drill(run) if run.site.may("drill the rollback") else None
    return put_back(journal, run.site.clock.now, read(run.folder), place) if place else ""


def is_drilled_at(run: Run, moment: str) -> bool:
    """Whether the checks of `moment` ask for a drill, and the system is a rehearsal, which makes one before them."""
    asks = moment in run.plan.probes.rollback.moments
    return asks and not run.site.is_live and run.site.may("drill the rollback")


def try_to_drill(run: Run, journal: Journal) -> None:
    """Where no drill could be made that is said, and the checks find none."""
    try:
        drill(run, journal)
    except NoEvidence as missing:
        print(missing)


def place_of_drill(run: Run) -> Place | None:
    """Where the release's own rollback is drilled; None where no row says so."""
    target = run.site.target
    row = target.traffic
    if row is None or row.drill is None:
        return None
    of, there = row.drill, row.elsewhere()
    elsewhere = {"edge_url": of.edge_url, "access": of.access}  # what opens one edge goes to no other
    asked = target.model_copy(update=elsewhere) if of.edge_url else target
    return Place(
        by="drill",
        sha256=there.sha256,
        weight_pct=of.weight_pct,
        traffic=traffic_of(there, run.site.secrets, run.folder),
        witness=Witness(asked, run.release, of.told_by),
        likely=partial(users_of_canary, row, of.weight_pct),
        budget_s=of.budget_s,
    )


def _must_run_the_old_version(run: Run) -> None:
    """In the placebo hour the canary slice still runs what control does: its users never see the release. Raises
    NoEvidence."""
    routing, target = run.release.canary, run.site.target
    path = routing.witness_path or "/"
    who = {routing.header: routing.canary}
    answer = http.ask(target.edge_url + path, headers=who, total_s=ANSWER_S, access=target.access)
    said = answer.headers.get(target.identity.version_header)
    if answer.status != 200 or not said or said == run.release.version:
        told = f"answers {answer.status} and names version {said or 'none'}"
        raise NoEvidence(f"the rollback is not drilled on the release's own tool: the canary slice {told} at {path}")


def _must_be_free(place: Place, of: Drill) -> None:
    """Raises NoEvidence where somebody may be with the canary of the drill's place already."""
    try:
        pct = place.traffic.weight_pct()
    except TrafficFailed as failed:
        raise NoEvidence(f"the rollback was not drilled: {failed}") from None
    if pct:
        raise NoEvidence(f"the rollback is not drilled: the weight in {of.place} is {pct:g} %, and must be 0 before")


def _record(row: TrafficTold, of: Drill, done: RolledBack, left: str) -> dict[str, Any]:
    where = f"{of.place.replace('_', ' ')} ({of.says}), {of.weight_pct:g} %"
    return {
        "place": of.place,
        "command": shlex.join(row.rollback_argv),
        "sha256": row.sha256,
        "weight_pct": of.weight_pct,
        "proven": done.zero.proven and done.claim is None,
        "said": f"{where}: {done.sentence}{left}",
        **done.record(),
    }
