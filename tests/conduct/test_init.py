"""`python -m ramp init`: a plan to begin with, in which all that is left out can be seen."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from conduct.commands import replay
from conduct.commands.replay import replayed
from conduct.effects import Effects
from conduct.first_plan import write_plan
from conduct.journal import Journal
from conduct.run import PLAN_FILE, load_plan
from ramp import happened, ordered
from ramp import release as releases
from ramp.conducted import Ramp
from ramp.conductor import step
from ramp.decision import Action, decide
from ramp.folded import course
from ramp.gates import GATES
from ramp.load import order_for
from ramp.order_of_moments import needed
from ramp.target import Target
from ramp.validation import Invalid
from ramp.verdict import Colour, Verdict

KEPT = ("latency", "errors", "share")
FACTS = f'version = "v20261124.1"\ncommit = "{"a" * 40}"\n'


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    file = tmp_path_factory.mktemp("begun") / "gates-only.toml"
    write_plan(file)
    return file


def test_every_stage_is_judged_by_three_gates_and_needs_nothing(begun):
    plan, directive = load_plan(begun), load_plan(PLAN_FILE)

    assert plan.gates_that_apply == KEPT
    assert [stage.id for stage in plan.stages] == [stage.id for stage in directive.stages]
    for stage in plan.stages:
        green = {name: Verdict(check=name, moment=stage.id, colour=Colour.GREEN, why="x") for name in KEPT}
        assert (plan.required(stage.id), needed(plan, stage.id)) == (KEPT, [])
        assert releases.parse(FACTS, "release.toml", plan, [stage.id]).roster == ()
        assert decide(plan, stage.id, green, stage.hold_min).action is Action.CONTINUE


def test_all_else_of_the_directive_is_named_on_every_card(begun):
    plan = load_plan(begun)
    (said,) = decide(plan, "stage_1", {}, 0).not_applied
    names, why = said.split(": ")

    others = [moment.id for moment in plan.moments if not moment.is_stage]
    assert why == "not set up yet"
    assert set(names.split(", ")) == {*plan.checks, *others} - set(KEPT)


def test_its_limits_are_the_directives(begun):
    plan, directive = load_plan(begun), load_plan(PLAN_FILE)

    assert (plan.gates.latency, plan.gates.errors, plan.gates.share, plan.reading, plan.caps) == (
        directive.gates.latency,
        directive.gates.errors,
        directive.gates.share,
        directive.reading,
        directive.caps,
    )


def test_a_plan_that_is_there_is_never_written_over(begun):
    before = begun.read_text()

    with pytest.raises(Invalid, match="is there already"):
        write_plan(begun)

    assert begun.read_text() == before


def test_a_recording_is_replayed_by_the_gates_that_it_has(begun, tmp_path, capsys):
    plan, file = load_plan(begun), tmp_path / "recording.jsonl"
    file.write_text("")

    replayed(plan, [file], replay.that_apply(plan, None), as_json=False)

    said = capsys.readouterr().out
    assert "latency" in said and "errors" in said and "payments   first" not in said
    assert "does not apply: " in said


def test_a_gate_that_is_left_out_cannot_be_asked_for(begun):
    with pytest.raises(Invalid, match="cache does not apply by this plan: not set up yet"):
        replay.that_apply(load_plan(begun), ("latency", "cache"))


def test_the_directive_is_replayed_as_before():
    plan = load_plan(PLAN_FILE)

    assert replay.that_apply(plan, None) == ("latency", "errors", "cache", "cost", "payments")
    assert replay.that_apply(plan, tuple(GATES)) == tuple(GATES)


def test_a_conducted_ramp_passes_over_t_10_and_begins_with_its_first_stage(begun, rehearsed):
    """No check is started for it, and nobody is told of a decision that was none."""
    run = replace(rehearsed(secrets={}), plan=load_plan(begun))
    journal = Journal(run.folder, ())
    effects = Effects(SimpleNamespace(run=run), journal, SimpleNamespace(), [])

    came = effects.carry_out(ordered.Conclude("t_minus_10"))
    ramp, orders = step(Ramp(course=course(run.plan), before=("t_minus_10",), concluding=True), came)
    effects.close()
    journal.close()

    assert came == happened.Concluded("t_minus_10", "CONTINUE", "t_minus_10 does not apply: not set up yet")
    assert (ramp.moment, orders) == ("stage_1", (ordered.SetWeight("stage_1", 0.0, 1.0),))
    assert effects.conclusions == []


@pytest.mark.parametrize(
    ("more", "uncached", "pages"),
    [
        ("", (), ("/",)),
        ('[[journeys]]\npath = "/courses"\n', (), ("/courses",)),
        ("", ("/account",), ("/account",)),
        ('[prewarm]\npaths = ["/", "/courses"]\n', (), ("/", "/courses")),
        ('[prewarm]\npaths = ["/", "/courses"]\n', ("/account",), ("/", "/courses", "/account", "/account")),
    ],
)
def test_load_asks_pages_that_no_cache_answers_where_the_release_file_names_no_route(begun, more, uncached, pages):
    """So that a rehearsal's stage needs no routes and no pre-warm set either."""
    plan = load_plan(begun)
    release = releases.parse(FACTS + more, "release.toml", plan, ["stage_1"])
    target = Target.model_validate(
        {
            "edge_url": "http://127.0.0.1:9",
            "scrapes": [{"url": "http://127.0.0.1:9/m"}],
            "load": {"arrivals_per_s_max": 900, "paths": uncached},
        }
    )

    order = order_for(plan, release, target, hold_s=60)

    assert (order.pages, order.asks) == (pages, ())
