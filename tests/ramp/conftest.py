"""A release as it would be recorded, and what the judge says of it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from releases import ramp

from ramp.gates import GATES
from ramp.judge import Looked, judged_at
from ramp.observation import NoEvidence, Observation
from ramp.plan import Plan
from ramp.verdict import Verdict, no_data


@pytest.fixture(scope="session")
def ramp_of(plan: Plan) -> Callable[..., list[Observation]]:
    """`ramp_of("stage_1", 15, canary={"errors": 20})`: what was seen of both slices at T-0 and in each minute since.

    A change is what a minute adds (`db_...`: reads), or a function of the minute's number in the stage. The stage
    follows the observations `after`, a minute later or after a pause in which nobody looked.
    """
    return lambda stage, minutes, **changes: ramp(plan, stage, minutes, **changes)


@pytest.fixture(scope="session")
def judged_of(limits_only: Plan) -> Callable[..., Looked]:
    """The last look of `stage` (by default the last seen) as of `as_of` (by default the last observation)."""

    def judge(
        seen: list[Observation],
        stage: str = "",
        as_of: datetime | None = None,
        plan: Plan = limits_only,
        of=tuple(GATES),
    ) -> Looked:
        return judged_at(plan, seen, plan.moment(stage or seen[-1].stage), as_of or seen[-1].at, of)

    return judge


@pytest.fixture(scope="session")
def verdicts_of(judged_of: Callable[..., Looked]) -> Callable[..., dict[str, Verdict]]:
    """Every gate's verdict by its name, as the checks would settle it."""

    def judge(seen: list[Observation], stage: str = "", **of) -> dict[str, Verdict]:
        moment = stage or seen[-1].stage
        try:
            return judged_of(seen, moment, **of).verdicts()
        except NoEvidence as missing:
            return {gate: no_data(gate, moment, missing.reason) for gate in of.get("of", GATES)}

    return judge
