"""One judge: a look judged live, read back from the recording or replayed is found and told alike, come what may."""

import random
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from conduct.run import load_plan
from ramp.decision import decide
from ramp.finding import explain
from ramp.gates import GATES
from ramp.judge import CRASHED, Judge, judged_at
from ramp.observation import NoEvidence, Observation
from ramp.replay import replay
from ramp.verdict import Colour

PLAN = load_plan()
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOTH = {"requests": 200, "errors": 0.2, "cache_lookups": 200, "cache_hits": 190, "origin_requests": 10, "users": 50}
BOTH |= {"cost_usd": 50.0, "cost_usd_squared": 55.0, "ai_requests": 60, "ai_cost_usd": 2.0, "ai_revenue_usd": 10.0}
BOTH |= {"split_requests": 100, "keyed_requests": 200, "log_lines_scanned": 20, "personal_data_findings": 0}
CANARY = {"payments_attempted": 2, "payments_succeeded": 2, "synthetic_runs": 3, "synthetic_failures": 0}
CANARY |= {"synthetic_wrong_slice": 0, "schema_violations": 0}
FAULTS = ({"errors": 4}, {"cache_hits": 150}, {"cost_usd": 60.0}, {"ai_revenue_usd": 7.0}, {"slow": 20})
FAULTS += ({"payments_succeeded": 1.9}, {"synthetic_failures": 0.1}, {"personal_data_findings": 0.02}, {"db": 0.85})
STAGES = (("placebo", 35), ("stage_1", 9), ("stage_10", 9), ("stage_25", 9), ("stage_50", 9), ("stage_100", 9))
LOOKS = 5_000


def lived(seed, every_s):
    """The observations of a ramp that nobody would wish for: holes in time and in what is told, processes that restart
    and begin at other totals, faults that come and go, the two slices seen some seconds apart."""
    draw = random.Random(seed)  # noqa: S311
    totals = {"canary": {}, "control": {}}
    at, fault = T0, {}
    for stage, minutes in STAGES:
        for _ in range(round(minutes * 60 / every_s)):
            at += timedelta(seconds=every_s) * (1 if draw.random() > 0.04 else draw.randint(2, 9))
            if draw.random() < 0.08:
                fault = draw.choice([{}, {}, *FAULTS])
            if draw.random() < 0.02:
                totals[draw.choice(["canary", "control"])].clear()
            apart = timedelta(seconds=draw.choice([0, 0, 0, 3]))
            for slice, seen_at in (("canary", at), ("control", at + apart)):
                grow(draw, totals[slice], slice, fault if slice == "canary" and stage != "placebo" else {}, every_s)
                if draw.random() > 0.02 and not (slice == "control" and stage == "stage_100"):
                    yield seen(draw, seen_at, slice, stage, totals[slice], fault)


def grow(draw, total, slice, fault, every_s):
    for name, a_minute in (BOTH | (CANARY if slice == "canary" else {}) | {"slow": 4} | fault).items():
        expected = a_minute * every_s / 60 * draw.uniform(0.8, 1.2)
        total[name] = total.get(name, 0) + (
            expected if "usd" in name else int(expected) + (draw.random() < expected % 1)
        )
    total["cache_hits"] = min(total["cache_hits"], total["cache_lookups"])
    total["errors"] = min(total["errors"], total["requests"])


def seen(draw, at, slice, stage, total, fault):
    fast = max(total["requests"] - total["slow"], 0)
    counters = {name: value for name, value in total.items() if name not in ("slow", "db")}
    counters["latency_s"] = {"0.05": fast // 2, "0.1": fast, "0.12": fast, "+Inf": total["requests"]}
    counters |= {"payments_declined": {}, "fraud_flags": {"R7": 0}} if slice == "canary" else {}
    gauges = {"db_cpu_ratio": fault.get("db", 0.4), "db_io_ratio": 0.81 if "db" in fault else 0.2}
    gauges |= {"db_connections_ratio": 0.3, "db_utilization_ratio": 0.1}
    gone = {name for name in (*counters, *gauges) if draw.random() < 0.003}
    return Observation(
        at=at,
        slice=slice,
        stage=stage,
        traffic_pct=next((row.traffic_pct for row in PLAN.stages if row.id == stage), 1),
        counters={name: value for name, value in counters.items() if name not in gone},
        gauges={name: value for name, value in gauges.items() if name not in gone},
    )


def live(observations, again_at):
    """Every look as a conductor sees it: judged as soon as its instant is over. One that dies after `again_at`
    observations is followed by another, which takes in what was recorded so far."""
    judge, looks = Judge(PLAN, list(GATES)), []
    for number, observation in enumerate(observations):
        if number == again_at:
            judge = Judge(PLAN, list(GATES))
            for earlier in observations[:number]:
                judge.add(earlier)
        looks.append(judge.add(observation))
    looks.append(judge.end())
    return [looked for looked in looks if looked]


def shown(looked):
    return {name: (finding.colour, finding.trigger) for name, finding in looked.findings.items()}


@pytest.mark.parametrize("every_s", [15, 30, 60, 90])
def test_live_read_back_and_replayed_are_one(every_s):
    """Over thousands of looks at every cadence, at any instant, and when a conductor was followed by another."""
    looks = differing = 0
    for seed in count():
        draw = random.Random(f"{every_s}/{seed}")  # noqa: S311
        observations = list(lived(seed, every_s))
        looked = live(observations, again_at=draw.randrange(len(observations)))
        looks += len(looked)
        assert not [why for look in looked for why in crashes(look)]
        differing += read_back_differs(draw, observations, looked) + replay_differs(observations, looked)
        if looks >= LOOKS / 4:
            break

    assert differing == 0


def crashes(looked):
    blind = (finding for finding in looked.findings.values() if finding.colour is Colour.NO_DATA)
    return [why for finding in blind if (why := explain(finding).why).startswith(CRASHED)]


def read_back_differs(draw, observations, looked):
    """At any instant, or just at a look: by its colours, triggers and every word."""
    as_of = T0 + draw.random() * (observations[-1].at - T0)
    as_of = draw.choice([as_of, draw.choice(looked).view.as_of])
    before = [look for look in looked if look.view.as_of <= as_of]
    moment = before[-1].view.moment if before else PLAN.stages[0]
    try:
        read = judged_at(PLAN, observations, moment, as_of, list(GATES))
    except NoEvidence:
        fresh = timedelta(minutes=PLAN.reading.fresh_min)
        return bool(before) and as_of - before[-1].view.as_of <= fresh
    return shown(read) != shown(before[-1]) or read.verdicts() != before[-1].verdicts()


def replay_differs(observations, looked):
    """By the minutes at which each gate first warned and broke, the trigger, and the decision."""
    outcome = replay(PLAN, observations, list(GATES))
    for name, first in outcome.gates.items():
        for colour, minute in ((Colour.YELLOW, first.yellow_minute), (Colour.RED, first.red_minute)):
            if next((look.minute for look in looked if look.findings[name].colour is colour), None) != minute:
                return True
    fired = next((look for look in looked if look.trigger), None)
    if fired:
        trigger = next(finding for finding in fired.findings.values() if finding.trigger == fired.trigger)
        told = f"{fired.trigger} fired: {explain(trigger).reason}"
        return (outcome.trigger, outcome.minute, outcome.reason) != (fired.trigger, fired.minute, told)
    last = looked[-1]
    decision = decide(PLAN, last.view.moment.id, last.verdicts(), last.view.held_min, required=list(GATES))
    return (outcome.decision, outcome.reason) != (decision.action, decision.reason)
