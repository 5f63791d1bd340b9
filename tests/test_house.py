"""The house keeps its own rules, and each rule sees what breaks it."""

from pathlib import Path

import pytest
from house import (
    FUNCTION_LINES_MAX,
    GROWN,
    RULES,
    checks_never_skip,
    files_stay_small,
    functions_fit_a_screen,
    imports_are_allowed,
    imports_go_in_no_circle,
    imports_have_names,
    nothing_shadows_its_module,
    only_the_site_knows_the_rehearsal,
    ramp_is_pure,
)
from read_rows import every_plan_row_is_read, unread_in

from ramp.__main__ import COMMANDS

PROJECT = Path(__file__).parents[1]
EVERY_RULE = (*RULES, every_plan_row_is_read)
PACE = '[pace]\nsource = "E0"\nlate_min = 3\n'
LONG = "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX
# Each a rule, and the files that it must not let pass.
PLANTED = [
    (imports_are_allowed, {"ramp/late.py": "import time"}),
    (imports_are_allowed, {"ramp/chance.py": "from random import choice"}),
    (imports_are_allowed, {"ramp/afar.py": "import urllib.request"}),
    (imports_are_allowed, {"ramp/aside.py": "def f():\n    import threading"}),
    (imports_are_allowed, {"ramp/disk.py": "from pathlib import Path"}),
    (imports_are_allowed, {"ramp/up.py": "from fixtures import http"}),
    (imports_are_allowed, {"ramp/types.py": "if TYPE_CHECKING:\n    from conduct.run import Run"}),
    (imports_are_allowed, {"ramp/relative.py": "from ..fixtures import http"}),
    (imports_are_allowed, {"fixtures/up.py": "from conduct.run import Run"}),
    (imports_are_allowed, {"fixtures/told.py": "from reports import page"}),
    (imports_are_allowed, {"fixtures/swarm.py": "import locust"}),
    (imports_are_allowed, {"reports/world.py": "from fixtures import http"}),
    (imports_are_allowed, {"load/world.py": "from fixtures.sources import scrape"}),
    (imports_are_allowed, {"checks/test_world.py": "from fixtures.http import ask"}),
    (imports_are_allowed, {"conduct/new.py": "import numpy"}),
    (imports_are_allowed, {"ramp/__main__.py": "from fixtures.rehearsal import running"}),
    (only_the_site_knows_the_rehearsal, {"conduct/run.py": "from fixtures.rehearsal import running"}),
    (only_the_site_knows_the_rehearsal, {"fixtures/load.py": "def f():\n    from fixtures.rehearsal import edge"}),
    (imports_have_names, {"conduct/new.py": "from importlib import import_module"}),
    (imports_go_in_no_circle, {"ramp/a.py": "from ramp import b", "ramp/b.py": "def f():\n    from ramp.a import x"}),
    (
        imports_go_in_no_circle,
        {"conduct/a.py": "import fixtures.b", "fixtures/b.py": "if TYPE_CHECKING:\n    from conduct.a import A"},
    ),
    (ramp_is_pure, {"ramp/now.py": "from datetime import datetime\nat = datetime.now()"}),
    (ramp_is_pure, {"ramp/called.py": "from datetime import datetime as d\nat = d.now()"}),
    (ramp_is_pure, {"ramp/today.py": "import datetime\nday = datetime.date.today"}),
    (ramp_is_pure, {"ramp/disk.py": "text = open('x').read()"}),
    (ramp_is_pure, {"ramp/said.py": "import sys\nsys.stdout.write('x')"}),
    (checks_never_skip, {"checks/test_new.py": "import pytest\npytest.skip('x')"}),
    (files_stay_small, {"ramp/long.py": "x = 1\n" * 261}),
    (files_stay_small, {"tests/test_long.py": "x = 1\n" * 361}),
    (
        nothing_shadows_its_module,
        {"ramp/probes/__init__.py": "from ramp.probes.late import late", "ramp/probes/late.py": "late = 1"},
    ),
    (every_plan_row_is_read, {"ramp/plan.toml": PACE, "ramp/pace.py": "def f(plan):\n    return plan.pace.early_min"}),
    (every_plan_row_is_read, {"ramp/plan.toml": PACE, "conduct/late.py": "def f(row):\n    return row.late_min"}),
    (every_plan_row_is_read, {"ramp/plan.toml": PACE, "ramp/plan_rows.py": "def f(plan):\n    plan.pace.late_min"}),
    (every_plan_row_is_read, {"ramp/plan.toml": PACE, "ramp/plan.py": "def f(plan):\n    plan.pace.late_min"}),
    (
        every_plan_row_is_read,
        {
            "ramp/plan.toml": "[gates.pace]\nlate_min = 3",
            "ramp/gates/pace.py": "@model_validator(mode='after')\ndef f(plan):\n    plan.gates.pace.late_min",
        },
    ),
    (every_plan_row_is_read, {"ramp/plan.toml": "[[moments]]\nneeds = ['pace']", "ramp/a.py": "b.moment.needs"}),
    (every_plan_row_is_read, {"ramp/plan.toml": PACE + "not_enforced_yet = ['late_min']\n[gates.x]\nserves = ['E0']"}),
    (functions_fit_a_screen, {"conduct/long.py": LONG}),
    (functions_fit_a_screen, {"tests/test_long.py": LONG}),
]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_house_keeps_the_rule(rule):
    assert rule(PROJECT) == []


@pytest.mark.parametrize(("rule", "files"), PLANTED)
def test_a_planted_bad_file_is_seen(rule, files, tmp_path):
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    found = rule(tmp_path)

    assert len(found) == 1, found
    assert any(Path(name).stem in found[0] for name in files)


def test_every_rule_is_tried_on_a_bad_file():
    assert {rule for rule, _ in PLANTED} == set(EVERY_RULE)


def test_what_a_row_may_leave_out_of_the_file_is_read_too(plan):
    """Such as `on_open_breach`, which no stage of the directive sets."""
    rows = plan.model_dump()
    later = {key for row in plan.sourced_rows().values() for key in row.not_enforced_yet}

    told_only = {"budget_s"}
    assert {key for _, key in unread_in(rows, PROJECT)} == later - told_only


def test_types_alone_may_go_round_within_a_room(tmp_path):
    (tmp_path / "conduct").mkdir()
    (tmp_path / "conduct" / "a.py").write_text("import conduct.b")
    (tmp_path / "conduct" / "b.py").write_text("if TYPE_CHECKING:\n    from conduct.a import A")

    assert imports_go_in_no_circle(tmp_path) == []


def test_what_had_grown_is_struck_off_once_it_is_small():
    assert all((PROJECT / name).exists() for name in GROWN)


def test_each_command_is_a_file_and_each_file_a_command():
    files = {file.stem for file in (PROJECT / "conduct" / "commands").glob("*.py")} - {"__init__", "opening"}

    assert {name.replace("_", "-"): f"conduct.commands.{name}" for name in files} == COMMANDS
