"""One fault, rehearsed as the drill of gates: its moment is observed, judged, concluded, and rolled back where due."""

import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

from conduct.conclusion import Conclusion, conclude, open_journal
from conduct.conducting import Conducting
from conduct.drill import is_drilled_at, try_to_drill
from conduct.handed_over import read_facts, read_verdicts
from conduct.judging import INTERNAL_EXIT, Judging, JudgingFailed
from conduct.ports import ports_of
from conduct.rollback import RolledBack, roll_back
from conduct.run import OBSERVATIONS, Run
from conduct.stage_driver import Progress
from fixtures.rehearsal.faults import Scenario
from fixtures.sources import recording
from ramp.decision import INTERRUPTED_EXIT, USAGE_EXIT, Action
from ramp.detection import Detection, Led
from ramp.judge import Judge, Looked
from ramp.observation import Malformed, NoEvidence
from ramp.plan import Moment, Plan
from ramp.verdict import Verdict
from reports import page
from reports.suite import suite

SOUND_SPEED, FAULT_SPEED = 60.0, 180.0
SAID = "said.txt"


def speed_of(scenario: Scenario) -> float:
    """What a rehearsal of it stands: a CONTINUE needs enough samples of every gate, a fault shows sooner."""
    return SOUND_SPEED if scenario.expected.decision == "CONTINUE" else FAULT_SPEED


def digest_of(plan: Plan, scenario: Scenario, speed: float) -> str:
    """The SHA-256 of what the result of a scenario speaks for: its faults, the plan, the rules and the speed."""
    text = f"{scenario.model_dump_json()} {plan.model_dump_json()} {suite()} {speed:g}"
    return sha256(text.encode()).hexdigest()


def detected(run: Run, name: str, scenario: Scenario, pytest: Sequence[str], progress: Progress) -> Detection:
    """What came of it. Raises Conducted, SiteFailed and JudgingFailed."""
    must, began_s = scenario.expected, time.monotonic()
    moment = run.plan.moment(must.moment)
    with Conducting(run, progress) as conducting:
        conclusion, back = _concluded(conducting, moment, pytest)
    verdicts = {verdict.check: verdict for verdict in conclusion.verdicts}
    found = verdicts.get(must.check) if must.check else None
    said = {"verdict": found.colour.word, "trigger": found.trigger} if found else {}
    return Detection.model_validate(
        {
            "name": name,
            "says": scenario.says,
            "moment": moment.id,
            "digest": digest_of(run.plan, scenario, run.site.speed),
            "must": must.model_dump(exclude={"moment"}),
            "came": {"decision": conclusion.decision.action.value, "check": must.check, **said},
            "detected_min": _detected_min(run, moment, scenario, found) if found and moment.is_stage else None,
            "zero_s": back.zero.after_s if back and back.zero.proven else None,
            "took_s": time.monotonic() - began_s,
        }
    )


def nothing(run: Run, name: str, scenario: Scenario, problem: str) -> Detection:
    """A rehearsal that came to no decision."""
    must = Led.model_validate(scenario.expected.model_dump(exclude={"moment"}))
    return Detection(
        name=name,
        says=scenario.says,
        moment=scenario.expected.moment,
        digest=digest_of(run.plan, scenario, run.site.speed),
        must=must,
        came=Led(decision=None, check=must.check),
        detected_min=None,
        zero_s=None,
        took_s=0.0,
        problem=problem,
    )


def _concluded(conducting: Conducting, moment: Moment, pytest: Sequence[str]) -> tuple[Conclusion, RolledBack | None]:
    """A trigger rolls back at its look, before the moment is judged; any other ROLLBACK once it is decided."""
    run = conducting.run
    back = _rolled_back(run, moment) if conducting.observe(moment) else None
    if is_drilled_at(run, moment.id):
        with open_journal(run, [moment.id]) as journal:
            try_to_drill(run, journal)
    _judged(run, moment.id, pytest)
    with open_journal(run, [moment.id]) as journal:
        given, found = read_verdicts(run.folder, moment.id), read_facts(run.folder, moment.id)
        conclusion = conclude(journal, run, moment.id, given, facts=found)
        if conclusion.decision.action is Action.ROLLBACK:
            back = back or _rolled_back(run, moment)
        if back:
            at_utc = run.site.clock.now()
            journal.append("rolled_back", at_utc, moment=moment.id, said=back.sentence, **back.record())
    page.write(run.folder, run.plan)
    return conclusion, back


def _judged(run: Run, moment: str, pytest: Sequence[str]) -> None:
    """What pytest says goes to a file of the run. Raises JudgingFailed, and KeyboardInterrupt where it was ended."""
    with (run.folder / SAID).open("wb") as said:
        judging = Judging.begin(run, moment, run.site.scenario, run.site.speed, pytest, said)
        try:
            status = judging.process.wait()
        except BaseException:
            judging.end()
            raise
    if status == INTERRUPTED_EXIT:
        raise KeyboardInterrupt
    if status in (INTERNAL_EXIT, USAGE_EXIT):
        raise JudgingFailed(moment, status)


def _rolled_back(run: Run, moment: Moment) -> RolledBack:
    ports = ports_of(run, lambda said: None)
    return roll_back(ports.traffic, ports.witness, float(moment.traffic_pct or 0), run.plan.rollback.budget_s)


def _detected_min(run: Run, moment: Moment, scenario: Scenario, found: Verdict) -> float | None:
    """From which look of the stage on the gate said what it said in the end; from when the fault began, where it does
    so in the middle of a stage. None where the checks found it, and no look did."""
    since = None
    for looked in _looks(run):
        if looked.view.moment.id == moment.id:
            now = looked.findings[found.check]
            is_so = (now.colour, now.trigger) == (found.colour, found.trigger)
            since = None if not is_so else looked.view.held_min if since is None else since
    return None if since is None else max(since - scenario.edge.loses_canary_from_min, 0.0)


def _looks(run: Run) -> list[Looked]:
    """Every look of the recording, judged again; up to what cannot be trusted."""
    judge, looks = Judge(run.plan, run.plan.gates_that_apply, load_is_due=run.site.asks_load), list[Looked]()
    with suppress(NoEvidence, Malformed, OSError):
        for observation in recording.planned(run.folder / OBSERVATIONS, run.plan):
            looks += filter(None, [judge.add(observation)])
    return [*looks, *filter(None, [judge.end()])]
