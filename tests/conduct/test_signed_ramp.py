"""A ramp on the real loop, #ship-room and people: YELLOW at 50 % waits for the CEO's own word, and goes on by it."""

from contextlib import suppress
from dataclasses import replace

import pytest

from conduct.conclusion import conclude, open_journal
from conduct.interrupts import Interrupts
from conduct.loop import Loop
from conduct.people import People
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_people import people_of
from fixtures.rehearsal.slack_server import slack_app
from ramp import happened, ordered
from ramp.conducted import Phase
from ramp.moves import held_by
from ramp.verdict import Colour
from reports.journal import read
from tests.conduct.ramp_world import Effects, World

TOKEN, ROUTING_KEY = "xoxb-rehearsal-token", "r0utingkeyr0utingkeyr0utingkey00"
SPEED = 6_000.0  # a plan minute lasts ten milliseconds


class YellowAt50(World):
    """Markup is YELLOW at 50 %, and all else is GREEN everywhere."""

    def verdicts(self, moment):
        green = super().verdicts(moment)
        if moment == "stage_50":
            green["markup"] = replace(green["markup"], colour=Colour.YELLOW)
        return green


class WithPeople(Effects):
    """The rest of the world is made up; who is asked, heard and answered is real."""

    def __init__(self, world, journal):
        super().__init__(world, journal)
        self.people = People(world.run, journal)
        self.due = None

    @property
    def is_waiting(self):
        return super().is_waiting or self.due is not None or self.people.is_to_hear

    def came_in(self, ramp):
        yield from self.people.came_in(ramp)
        yield from super().came_in(ramp)
        if self.due:
            moment, self.due = self.due, None
            yield self._concluded(moment, ramp)

    def _concluded(self, moment, ramp):
        signed_off, given = self.people.signed_off(moment), self.world.verdicts(moment)
        conclusion = conclude(self.journal, self.world.run, moment, given, signed_off=signed_off, held_by=held_by(ramp))
        self.conclusions.append(conclusion)
        return happened.Concluded(moment, conclusion.decision.action.value, conclusion.decision.reason)

    def carry_out(self, order):
        if isinstance(order, ordered.Conclude) and order.moment == "stage_50":
            self.due = order.moment
            return None
        if isinstance(order, ordered.AskSignOff | ordered.Answer):
            return self.people.carry_out(order)
        return super().carry_out(order)


@pytest.fixture
def ramp_with(serve, rehearsed, tmp_path):
    """`ramp_with(ceo=)`: where a ramp ended in which she does that, and the run."""

    def conducted(ceo):
        roles = {"ceo": "U0CEO"}
        url = serve(slack_app(token=TOKEN, folder=tmp_path / "slack", people=people_of(roles, {"ceo": ceo})))
        made = rehearsed(
            secrets={"SLACK_BOT_TOKEN": TOKEN, "PAGERDUTY_ROUTING_KEY": ROUTING_KEY}, slack_url=f"{url}/api/",
            pager_url=serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
        )  # fmt: skip
        signoff = made.plan.signoff.model_copy(update={"expires_min": 1_440.0})
        site = replace(made.site, running=replace(made.site.running, speed=SPEED))
        run = replace(made, plan=made.plan.model_copy(update={"signoff": signoff}), site=site)
        with Interrupts() as interrupts, open_journal(run, ["stage_50"]) as journal:
            world = YellowAt50(run)
            conducting = type("Conducting", (), {"run": run, "driver": world.driver})
            loop = Loop(
                conducting, journal, effects := WithPeople(world, journal), interrupts, waits=False, is_to_100=True
            )
            with suppress(KeyboardInterrupt):
                loop.conduct()
            effects.people.close()
        return loop.ramp, world, read(run.folder)

    return conducted


def test_yellow_at_50_goes_to_100_by_the_ceos_own_word_which_is_answered_twice(ramp_with):
    ramp, world, records = ramp_with("signs")
    assert (ramp.moment, world.set_to) == ("post_success", [1, 10, 25, 50, 100])
    assert [each["action"] for each in records if each["kind"] == "decision"] == ["HOLD", "CONTINUE"]
    said = [each for each in records if each["kind"] == "thread_card" and "figures" not in each["about"]]
    answers = [each["text"] for each in said][2:]
    assert answers[0].startswith(
        "accepted, CEO: stage_50 is judged once more, and unless something is worse the weight"
    )
    assert answers[1] == "the canary's weight is 100 % now"


@pytest.mark.parametrize("ceo", ["away", "signs_by_an_app"])
def test_yellow_at_50_stays_there_where_nobody_signs_or_an_app_does(ramp_with, ceo):
    ramp, world, records = ramp_with(ceo)
    assert (ramp.phase, ramp.moment, world.set_to) == (Phase.ENDING, "stage_50", [1, 10, 25, 50])
    assert [each["why"][:15] for each in records if each["kind"] == "refused"] == (
        ["an app wrote it"] if ceo == "signs_by_an_app" else []
    )
