"""The drill of the rollback: users are sent to the canary where that harms nobody, the very command of the release
takes them back, and users are asked whether it did."""

import shlex
from typing import Any

from conduct.rollback import RolledBack, roll_back
from conduct.run import Run
from fixtures import http
from fixtures.traffic.contract import traffic_of, users_of_canary
from fixtures.traffic.witness import Witness
from ramp.drill_rows import Drill
from ramp.observation import NoEvidence
from ramp.ports import Traffic, TrafficFailed
from ramp.traffic_rows import TrafficTold
from ramp.validation import Invalid
from ramp.zero import users_needed

FIND_S, ANSWER_S = 60.0, 5.0


def drill(run: Run) -> dict[str, Any]:
    """What the drill came to, as it stands in the journal. Raises Invalid where no row says where it harms nobody, and
    NoEvidence where it must not, or cannot, be made: then nothing was proven of the command."""
    row = run.site.target.traffic
    if row is None or row.drill is None:
        said = "real.traffic.drill: says where a drill harms nobody, and is missing"
        raise Invalid(str(run.site.release_file), [said])
    run.site.must_allow("drill the rollback")
    there = row.elsewhere()
    traffic = traffic_of(there, run.site.secrets)
    if row.drill.place == "placebo":
        _must_run_the_old_version(run)
    else:
        _must_be_free(traffic, row.drill)
    target = run.site.target
    elsewhere = {"edge_url": row.drill.edge_url, "access": row.drill.access}  # what opens one edge goes to no other
    asked = target.model_copy(update=elsewhere) if row.drill.edge_url else target
    witness = Witness(asked, run.release, row.drill.told_by)
    try:
        done = _drilled(traffic, witness, row, row.drill)
    except TrafficFailed as failed:
        raise NoEvidence(f"the rollback was not drilled: {failed}") from None
    finally:
        left = _emptied(traffic)
    return _record(row, row.drill, done, left)


def drilled_at(run: Run, moment: str) -> dict[str, Any] | None:
    """What a drill before the checks of `moment` came to, where these ask for one and the system is a rehearsal; None
    also where none could be made, which is said, and the checks then find none."""
    if run.site.is_live or moment not in run.plan.probes.rollback.moments or not run.site.may("drill the rollback"):
        return None
    try:
        return drill(run)
    except NoEvidence as missing:
        print(missing)
        return None


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


def _must_be_free(traffic: Traffic, of: Drill) -> None:
    """Raises NoEvidence where somebody may be with the canary of the drill's place already."""
    try:
        pct = traffic.weight_pct()
    except TrafficFailed as failed:
        raise NoEvidence(f"the rollback was not drilled: {failed}") from None
    if pct:
        raise NoEvidence(f"the rollback is not drilled: the weight in {of.place} is {pct:g} %, and must be 0 before")


def _drilled(traffic: Traffic, witness: Witness, row: TrafficTold, of: Drill) -> RolledBack:
    """Raises TrafficFailed, and NoEvidence where too few users would be asked to prove anything."""
    if of.place != "placebo":
        traffic.set_weight(of.weight_pct)
    number = users_needed(of.weight_pct)[0]
    found = witness.find_canarys(users_of_canary(row, of.weight_pct, number), number, FIND_S)
    if found < number:
        said = f"at {of.weight_pct:g} % the canary answered {found} users within {FIND_S:g} s, and it takes {number}"
        raise NoEvidence(f"the rollback was not drilled: {said}; drill at a higher weight_pct")
    return roll_back(traffic, witness, of.weight_pct, of.budget_s)


def _emptied(traffic: Traffic) -> str:
    """Whatever the rollback did, nobody is left with the canary of a drill; what was left, or still is."""
    try:
        if not (pct := traffic.weight_pct()):
            return ""
        traffic.set_weight(0)
        return f"; the tool still said {pct:g} %, which was set to 0"
    except TrafficFailed as failed:
        return f"; whether the weight there is 0 again is not known: {failed}"


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
