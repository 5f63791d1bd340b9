"""The one way of holding a stage: looks keep to their marks, its clock stands in RED, a trigger ends it at once."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from conduct.observing import observe
from fixtures.clock import PlanClock
from ramp.verdict import Colour, Verdict

SPEED = 6_000.0  # a plan minute lasts 10 ms


@pytest.fixture
def held(rehearsed):
    """`held(look)`: at which minutes 1 % was looked at, and the look that ended it; `look(minute)` says what is seen at
    a look: "GREEN", "RED", "trigger", or "nothing"."""

    def hold(look):
        run = rehearsed(secrets={})
        run = SimpleNamespace(
            plan=run.plan, site=SimpleNamespace(clock=replace(PlanClock.real(), speed=SPEED), is_live=False)
        )
        driver = Driver(run, look)
        return driver.minutes, observe(run, driver, run.plan.moment("stage_1"))

    return hold


class Driver:
    """A stage that is seen as `look` says, minute by minute of looks."""

    def __init__(self, run, look):
        self.run, self.see, self.minutes, self.fired, self.noted, self.red_min = run, look, [], None, [], 0.0
        self.began = run.site.clock.now()
        self.was_red = False

    def prove(self, moment): ...

    def begin(self, moment): ...

    def set_rehearsed_weight(self, moment): ...

    def bring_load(self, moment): ...

    def progress(self, moment, done_min, of_min): ...

    def load_problem(self):
        return None

    def note(self, moment, problem):
        self.noted.append((moment.id, problem))

    def hold_min(self, moment):
        return moment.hold_min

    def look(self, moment):
        if not self.minutes:
            self.began = self.run.site.clock.now()
        at_min = (self.run.site.clock.now() - self.began).total_seconds() / 60
        before_min = self.minutes[-1] if self.minutes else at_min
        self.minutes.append(at_min)
        seen = self.see(at_min)
        if seen == "nothing":
            return None
        self.red_min += at_min - before_min if "RED" in (seen, self.was_red) else 0
        self.was_red = seen
        colour = Colour.RED if seen in ("RED", "trigger") else Colour.GREEN
        verdicts = {
            check: Verdict(check=check, moment=moment.id, colour=colour, why="it was seen")
            for check in self.run.plan.required(moment.id)
        }
        trigger, reason = ("F6", "F6 fired: database RED") if seen == "trigger" else (None, "")
        looked = SimpleNamespace(
            trigger=trigger, reason=reason, red_min=self.red_min, held_min=at_min - self.red_min,
            view=SimpleNamespace(moment=moment), findings={}, in_brief=lambda: verdicts,
            wordless=lambda: dict(verdicts), verdicts=lambda of: {check: verdicts[check] for check in of},
        )  # fmt: skip
        self.fired = looked if trigger else None
        return looked


def test_a_hold_is_looked_at_every_minute_and_ends_with_its_time(held):
    minutes, fired = held(lambda _: "GREEN")
    assert fired is None
    assert 14.5 <= minutes[-1] < 17
    assert len(minutes) == pytest.approx(16, abs=2)


def test_what_recovered_prolongs_a_hold_until_its_clock_is_full(held):
    minutes, _ = held(lambda minute: "RED" if 3.5 < minute < 6.5 else "GREEN")
    assert 15 + 2 < minutes[-1] < 15 + 7


@pytest.mark.parametrize("seen", ["RED", "nothing"])
def test_what_is_red_or_unseen_at_the_planned_end_ends_a_hold_there(held, seen):
    minutes, fired = held(lambda minute: seen if minute > 2 else "GREEN")
    assert fired is None
    assert 14.5 <= minutes[-1] < 17


@pytest.mark.parametrize("at_min", [0, 7])
def test_a_trigger_ends_a_hold_at_the_look_that_saw_it(held, at_min):
    minutes, fired = held(lambda minute: "trigger" if minute >= at_min else "GREEN")
    assert fired.reason == "F6 fired: database RED"
    assert at_min <= minutes[-1] < at_min + 2
    assert sum(minute >= at_min for minute in minutes) == 1
