"""What a look recommends is done beside the looks, once a stage, and its effect is told after 10 minutes."""

import time
from datetime import datetime, timedelta

import pytest

from conduct.journal import Journal
from conduct.mitigating import Mitigating
from ramp.gates import GATES
from ramp.judge import judged_at
from ramp.mitigation_rows import Mitigations
from ramp.organisation import Organisation
from reports.journal import read
from tests.releases import ramp

COLD = {"cache_hits": 700, "origin_requests": 300}


@pytest.fixture
def looked(plan):
    """`looked(minutes, **changes)`: the last look of a stage that was observed for so long."""
    alone = plan.evidence.model_copy(update={"comparison": "limits_only"})

    def at(minutes, **canary):
        seen = ramp(plan, "stage_10", minutes, canary=canary)
        by = plan.model_copy(update={"evidence": alone})
        return judged_at(by, seen, plan.moment("stage_10"), seen[-1].at, tuple(GATES))

    return at


@pytest.fixture
def run(rehearsed, tmp_path, monkeypatch):
    """`run(**commands)`: a run whose organisation has these for mitigations."""
    made = rehearsed(secrets={})

    def having(**commands):
        of = Organisation(mitigations=Mitigations(**commands) if commands else None)
        monkeypatch.setattr(type(made.site), "organisation", property(lambda site: of))
        return made

    return having


def until_told(mitigating, look):
    """The commands come to their end beside the looks."""
    until_s = time.monotonic() + 10
    while time.monotonic() < until_s:
        if said := list(mitigating.look(look)):
            return said
    raise AssertionError("the commands never came to their end")


def script(tmp_path, name, then="true"):
    return ("sh", "-c", f'echo "$@" >> {tmp_path}/{name}; {then}', name)


def kinds(folder):
    return [record["kind"] for record in read(folder)]


def test_a_cold_cache_has_its_commands_run_once_and_its_effect_told(run, looked, tmp_path):
    made = run(
        missed_paths=("printf", "/courses\\n/new\\nno path\\n/new\\n"),
        prewarm=script(tmp_path, "warmed"),
        cache_ttl=script(tmp_path, "ttl"),
        origin_concurrency=script(tmp_path, "capped", "exit 3"),
    )
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        cold = looked(9, **COLD)
        (recommended,) = mitigating.look(cold)
        (done,) = until_told(mitigating, cold)
        assert not list(mitigating.look(looked(10, **COLD)))
        (effect,) = mitigating.look(looked(20))

    assert "Recommended: expand the pre-warm set, tune TTL, cap origin concurrency; what [mitigations]" in recommended
    assert "pre-warm set: done (1 more paths); TTL: done; origin concurrency: `sh` ended with status 3" in done
    assert (tmp_path / "warmed").read_text() == "/new\n"
    assert effect == "cache, 10 minutes after that was recommended at stage_10: 95.00 %, before 70.00 %"
    assert kinds(made.folder) == ["mitigation_ordered", "mitigated", "mitigation_effect"]


@pytest.mark.parametrize(("commands", "why"), [({"cache_ttl": ("true",)}, "with --act"), ({}, "no command is")])
def test_where_nothing_may_run_it_is_recommended_alone(run, looked, commands, why):
    made = run(**commands)
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=False) as mitigating:
        (recommended,) = mitigating.look(looked(9, **COLD))
    assert why in recommended and kinds(made.folder) == ["mitigation_ordered"]


def test_a_conductor_that_comes_back_orders_nothing_twice_and_tells_the_effect(run, looked, tmp_path):
    made = run(cache_ttl=script(tmp_path, "ttl"))
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        list(mitigating.look(looked(9, **COLD)))
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        assert not list(mitigating.look(looked(12, **COLD)))
        (effect,) = mitigating.look(looked(19, **COLD))
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        assert not list(mitigating.look(looked(30, **COLD)))
    assert effect.startswith("cache, 10 minutes after") and ": 70.00 %, before 70.00 %; it is still RED: hit" in effect
    assert effect.endswith("`python -m ramp anew` has evidence begin anew")


def test_a_command_that_hangs_keeps_no_look_waiting(run, looked):
    made = run(cache_ttl=("sleep", "1.5"), timeout_s=3)
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        cold, began_s = looked(9, **COLD), time.monotonic()
        list(mitigating.look(cold))
        assert not list(mitigating.look(cold)) and time.monotonic() - began_s < 1


def test_an_effect_is_due_by_the_looks_and_not_by_the_clock(run, looked, plan):
    made = run(cache_ttl=("true",))
    with Journal(made.folder) as journal, Mitigating(made, journal, acts=True) as mitigating:
        list(mitigating.look(looked(9, **COLD)))
        (record,) = [each for each in read(made.folder) if each["kind"] == "mitigation_ordered"]
    after = timedelta(minutes=plan.mitigation.effect_after_min)
    assert datetime.fromisoformat(record["at_utc"]) + after == looked(19).view.as_of
