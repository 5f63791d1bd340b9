"""The way to a first real stage is told truly: each signal with its type and its gates, the buckets, the example."""

import re
from pathlib import Path

import pytest

from conduct.run import load_plan, load_release
from ramp.gates import GATES
from ramp.plan import Plan
from ramp.plan_time import faster_refused
from ramp.signals import SIGNALS

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "first-stage.md").read_text("utf-8")
EXAMPLE = DOCS / "examples" / "httpbin"
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.partition("## Buckets")[0], re.MULTILINE))
TYPES = {"labelled": "counter by ", "counter": "counter", "gauge": "gauge, 0 to 1", "histogram": "histogram, seconds"}
REPORTED = {of.name: of for of in SIGNALS if of.reported_by == "release" and (of.series or of.metric)}


def test_every_signal_that_a_release_reports_is_told_and_no_other():
    """What is the same by route is told once."""
    told = {name for name, of in REPORTED.items() if not name.endswith("_by_route") and name != "ai_cost_usd"}

    assert set(ROWS) == told


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_signal_is_told_with_its_type_and_the_gates_that_read_it(name):
    kind, *_, gates = ROWS[name].split(" | ")
    of = REPORTED[name]

    assert kind.startswith(TYPES[of.kind])
    assert ("canary" in kind) == (of.due == "canary") and ("both slices" in kind) == (of.due == "shared")
    for gate in re.findall(r"\w+", re.sub(r"\(F\d\)", "", gates)):
        assert gate in GATES


def test_the_buckets_that_are_shown_are_those_that_the_plan_compares_by(plan: Plan):
    shown = {float(bound) for bound in re.search(r"buckets=\(([\d., ]+)\)", PAGE)[1].split(", ")}
    shop = {
        float(bound) for bound in re.search(r"buckets=\(([\d., ]+)\)", (EXAMPLE / "shop.py").read_text())[1].split(", ")
    }

    assert set(plan.evidence.latency_bounds_s) <= shown & shop


def test_the_example_is_taken_in_sixty_lines_and_may_run_faster():
    plan = load_plan(EXAMPLE / "plan.toml")
    release = load_release(EXAMPLE / "release.toml", plan, [moment.id for moment in plan.stages])
    lines = [line for name in ("release", "plan") for line in (EXAMPLE / f"{name}.toml").read_text().splitlines()]

    assert len(lines) <= 60 and faster_refused(release.real, 20, lambda _: False) is None
