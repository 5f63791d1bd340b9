"""A hold ends at the look at which a rollback trigger fired, and the checks find that trigger whenever they judge."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from conduct.observing import Observing, observe
from conduct.run import load_release
from conduct.stage_driver import StageDriver
from conduct.watch import Watch
from ramp.__main__ import main
from ramp.ordered import Page
from ramp.plan import Plan
from ramp.target import ScrapeEndpoint, Target
from ramp.verdict import Trigger
from reports import journal

RELEASE = Path(__file__).parents[2] / "release.toml"
LOOK_MIN, HOLD_MIN = 0.005, 1.0


@pytest.fixture
def database(serve):
    """`database(over)`: where the page of a system answers whose database is over 80 % in two measures from the page's
    reading number `over` on, counted from 0."""

    def served(over: int) -> str:
        reads = iter(range(10_000))

        async def metrics(request: web.Request) -> web.Response:
            full = 0.9 if next(reads) >= over else 0.4
            gauges = {"cpu": full, "io": full, "connections": 0.3, "utilization": 0.1}
            page = "".join(f"# TYPE db_{name}_ratio gauge\ndb_{name}_ratio {value}\n" for name, value in gauges.items())
            return web.Response(text=page)

        app = web.Application()
        app.router.add_get("/metrics", metrics)
        return serve(app)

    return served


@pytest.fixture
def full_database(database, on_real, plan: Plan, tmp_path: Path):
    """`full_database(over)`: a run on it, with a look every 0.3 s of a stage that is held for a minute."""

    def run(over: int):
        url = database(over)
        target = Target(edge_url=url, scrapes=(ScrapeEndpoint(url=f"{url}/metrics", slice="canary"),))
        release = load_release(RELEASE, plan, []).model_copy(update={"target": "real", "real": target})
        stages = tuple(row.model_copy(update={"hold_min": HOLD_MIN} if row.is_stage else {}) for row in plan.moments)
        reading = plan.reading.model_copy(update={"look_every_min": LOOK_MIN, "window_min": LOOK_MIN / 2})
        fast = plan.model_copy(update={"moments": stages, "reading": reading})
        return on_real(release, fast, tmp_path / "run")

    return run


def held(run):
    """The look that ended the hold, and for how many seconds it lasted."""
    run.folder.mkdir(exist_ok=True)
    driver, began_s = StageDriver(run, lambda *_: None), time.monotonic()
    try:
        return observe(run, driver, run.plan.moment("stage_1")), time.monotonic() - began_s
    finally:
        driver.close()


@pytest.mark.parametrize("over", [0, 3])
def test_a_hold_ends_at_the_first_look_at_which_a_trigger_fired(full_database, over):
    """F6 of the first look or of a later one ends a hold of a minute at once, and the checks judge that very look."""
    run = full_database(over)
    fired, lasted_s = held(run)
    judged = run.judged(run.plan.moment("stage_1"))

    assert lasted_s < 60 * HOLD_MIN / 4
    assert "F6 fired: database RED at stage_1: " in fired.reason and fired.red == ("database",)
    assert (judged.trigger, judged.view.as_of, judged.reason) == (fired.trigger, fired.view.as_of, fired.reason)
    assert len(run.recording().seen("stage_1")) == over + 1


def test_what_fired_does_not_get_old(full_database):
    """Judged an hour late it rolls back all the same, where any other observation is to be made again."""
    run = full_database(0)
    held(run)
    at = run.as_of("stage_1") - timedelta(hours=1)

    run.note_observed("stage_1", at, None, [], fired=Trigger.F6)
    assert run.as_of("stage_1") == at


def test_observe_tells_and_pages_at_that_look(database, tmp_path, capsys):
    """It does not wait for anybody to run the checks, and its exit status is ROLLBACK's."""
    url = database(0)
    facts = RELEASE.read_text("utf-8").replace('target = "rehearsal"', 'target = "real"')
    real = f'[real]\nedge_url = "{url}"\nscrapes = [{{ url = "{url}/metrics", slice = "canary" }}]\n'
    (tmp_path / "release.toml").write_text(facts + real)
    folder = tmp_path / "run"

    status = main(["observe", "--moment=stage_1", f"--release={tmp_path / 'release.toml'}", f"--run={folder}"])
    said, records = capsys.readouterr().out, journal.read(folder)

    assert status == 20
    assert said.startswith("ROLLBACK at stage_1: F6 fired: database RED at stage_1: ")
    assert "Next: the incident commander rolls back now" in said
    assert [record["action"] for record in records if record["kind"] == "decision"] == ["ROLLBACK"]
    assert {"card", "page"} <= {record["kind"] for record in records}


def test_whom_a_look_calls_is_called_at_that_look_while_nobody_conducts(full_database, plan):
    run = replace(full_database(0), plan=plan)
    watched = Observing(run, StageDriver(run, lambda *_: None), run.plan.moment("stage_1"))
    watched.carry_out(Page("stage_1: errors RED", ("ceo", "incident_commander"), "errors"))
    (called,) = [record for record in journal.read(run.folder) if record["kind"] == "event_page"]
    assert (called["said"], called["roles"]) == ("stage_1: errors RED", ["ceo", "incident_commander"])


def test_a_stage_whose_recording_cannot_be_trusted_is_held_unjudged(full_database):
    """The checks say which line it is; nothing is raised in the middle of a stage."""
    run = full_database(0)
    run.folder.mkdir()
    (run.folder / "observations.jsonl").write_text("{")

    assert Watch(run).look() is None
