"""Cards between decisions: each is posted once, what #ship-room does not take is RED and comes again, nothing twice."""

import json
from argparse import Namespace
from dataclasses import replace

import pytest
from aiohttp import web

from conduct.cards_due import CardsDue
from conduct.commands import status
from conduct.conclusion import conclude, open_journal
from conduct.run import PLAN_FILE
from conduct.telling import report_again
from fixtures.rehearsal.slack_server import slack_app
from ramp import directive
from ramp.conducted import Block, Phase, Ramp
from ramp.conductor import step
from ramp.gates_only import gates_only
from ramp.happened import Unheard, WeightRead, record
from ramp.judge import Judge
from ramp.ordered import PostAgain, Report, ReportAgain
from ramp.replay import DEFAULT_GATES
from ramp.verdict import Colour, Verdict
from reports.journal import read
from tests.releases import ramp as ramp_of
from tests.simulation.world import COURSE

TOKEN = "xoxb-rehearsal-token"
AT_1 = Ramp(course=COURSE, before=("t_minus_10",), phase=Phase.HOLDING, index=0, weight_pct=1)
AT_50 = replace(AT_1, index=3, weight_pct=50)


class Room:
    """A conducted ramp as its cards see it, minute by minute; `answers` is what #ship-room does with a post."""

    def __init__(self, run, journal, looked):
        self.run, self.journal, self.looked, self.answers = run, journal, looked, "takes it"
        self.ramp, self.came = AT_1, []

    def look(self, minutes=1.0, held_min=5.0):
        """One look so many minutes later, by a conductor that knows its journal alone."""
        running = self.run.site.running
        running = replace(running, began_at_s=running.began_at_s + 60 * minutes)
        self.run = replace(self.run, site=replace(self.run.site, running=running))
        cards = CardsDue(self.run, self.journal)
        ordered = list(cards.due(self.ramp, held_min))
        for order in ordered:
            if isinstance(order, Report):
                cards.begin(order, self.looked)
                cards.settle()
            if isinstance(order, ReportAgain):
                report_again(self.journal, self.run, order.thread)
        self.came = list(cards.came_in(self.ramp))
        for event in self.came:
            blocks = self.ramp.blocks | {Block.CARDS} if event.why else self.ramp.blocks - {Block.CARDS}
            self.ramp = replace(self.ramp, blocks=blocks)
        cards.close()
        return [(type(order), getattr(order, "because", "")) for order in ordered]

    def status(self, posted=True):
        return [each for each in read(self.run.folder) if each["kind"] == "status_card" and each["posted"] is posted]

    @property
    def messages(self):
        lines = (self.run.folder / "slack" / "messages.jsonl").read_text("utf-8").splitlines()
        return [each for line in lines if not (each := json.loads(line)).get("thread_ts")]


@pytest.fixture(scope="module")
def looked(plan):
    judge = Judge(plan, DEFAULT_GATES)
    for one in ramp_of(plan, "stage_1", 16):
        judge.add(one)
    return judge.end()


@pytest.fixture
def room(serve, rehearsed, looked, tmp_path):
    app = slack_app(token=TOKEN, folder=tmp_path / "slack")

    @web.middleware
    async def outage(request, handler):
        posts = request.path.endswith("chat.postMessage")
        if room.answers == "refuses it":
            return web.Response(status=503)
        if room.answers == "refuses replies" and b"thread_ts" in await request.read():
            return web.Response(status=503)
        answer = await handler(request)
        if posts and room.answers == "takes it and is silent":
            request.transport.close()
        return answer

    app.middlewares.append(outage)
    run = rehearsed(secrets={"SLACK_BOT_TOKEN": TOKEN}, slack_url=f"{serve(app)}/api/")
    with open_journal(run, ["t_minus_10"]) as journal:
        room = Room(run, journal, looked)
        journal.append("happened", run.site.clock.now(), event=record(WeightRead(1.0)))
        yield room


def test_the_first_card_tags_the_ceo_and_then_one_comes_every_fifteen_minutes_with_its_figures_below(room):
    assert [room.look() for _ in range(3)] == [[(Report, "T0")], [], []]
    assert "<@U0CEO>: the first users meet the release now" in room.messages[0]["text"]
    assert room.look(8) == [(Report, "T_PLUS_10")]
    assert "First ten minutes: cache hit ratio 95.00 %, control 95.00 %" in room.messages[1]["text"]
    assert [room.look() for _ in range(15)].count([(Report, "CADENCE")]) == 1
    assert len(room.messages) == len(room.status()) == 3 and not room.came
    reports = [each["text"] for each in read(room.run.folder) if each["kind"] == "thread_card"]
    assert len(reports) == 3 and all("P95" in each for each in reports)


def test_the_first_card_is_one_screen_and_tags_nobody_for_gates_that_see_nothing_so_early(room, plan):
    judge = Judge(plan, DEFAULT_GATES)
    for one in ramp_of(plan, "stage_1", 1):
        judge.add(one)
    room.looked = judge.end()
    room.look(held_min=0.0)
    parts = [part for block in room.messages[0]["blocks"] for part in block.get("elements", [block.get("text")])]
    said = "\n".join(part["text"] for part in parts)
    assert "⚪ NO DATA so early: " in said and "latency" in said and "warming up\n>" not in said
    assert said.count("<@") == 1, "the CEO, who said that she will join"
    assert sum(-(-len(line) // 40) for line in said.splitlines() if line) <= 25


def test_ten_minutes_before_her_gate_ends_the_ceo_is_tagged_with_its_time(room):
    room.look(), room.look(10)
    room.ramp = AT_50
    assert room.look(1, held_min=19.0) == []
    assert room.look(1, held_min=20.0) == [(Report, "BEFORE_GATE")]
    assert "where you are); please attend here" in room.messages[-1]["text"] and "<@U0CEO>" in room.messages[-1]["text"]


def test_while_slack_is_down_for_twenty_minutes_it_is_red_at_once_and_nothing_is_lost_or_doubled(room):
    room.look(), room.look(10)
    room.answers = "refuses it"
    red = [room.look() and room.came for _ in range(30)]
    assert [each for each in red if each] == [[Unheard(next(e for e in red if e)[0].why)]], "said once"
    assert len(room.status(posted=False)) >= 15 and len(room.messages) == 2
    room.answers = "takes it"
    assert room.look() == [(Report, "CADENCE")] and room.came == [Unheard("")]
    assert len(room.messages) == 3 and "Not heard before: the card of " in room.messages[-1]["text"]
    assert [room.look() for _ in range(5)] == [[]] * 5


def test_a_card_that_nobody_answered_for_and_that_stands_in_the_channel_is_not_posted_again(room):
    room.answers = "takes it and is silent"
    room.look()
    assert room.came[0].why.startswith("#ship-room did not take the card of") and len(room.messages) == 1
    room.answers = "takes it"
    assert room.look() == [(Report, "T0")] and room.came == [Unheard("")]
    assert len(room.messages) == 1 and room.status()[0]["ts"] == room.messages[0]["ts"]


def test_a_report_that_was_not_taken_follows_below_its_card_once_and_holds_nothing(room):
    room.answers = "refuses replies"
    assert room.look() == [(Report, "T0")] and room.look() == [(ReportAgain, "")] and room.came == []
    room.answers = "takes it"
    assert [room.look() for _ in range(2)] == [[(ReportAgain, "")], []]
    lines = (room.run.folder / "slack" / "messages.jsonl").read_text("utf-8").splitlines()
    (card, report) = map(json.loads, lines)
    assert report["thread_ts"] == card["ts"] and "P95" in report["text"]


def test_the_card_of_a_decision_that_was_not_taken_is_posted_again_as_it_was(room):
    room.answers = "refuses it"
    green = {check: Verdict(check=check, moment="t_minus_10", colour=Colour.GREEN, why="measured")
             for check in room.run.plan.required("t_minus_10")}  # fmt: skip
    conclude(room.journal, room.run, "t_minus_10", green)
    assert room.look() == [(PostAgain, "")]


def without_token(run):
    return replace(run, site=replace(run.site, running=replace(run.site.running, secrets={})))


def test_a_token_that_is_not_there_is_red_where_people_confirm_something_in_the_room(room):
    """As after a restart without its environment: taking it away must not end the watch over the cards."""
    room.run = without_token(room.run)
    assert room.look() == [(Report, "T0")]
    (unheard,) = room.came
    assert "no token (the environment variable SLACK_BOT_TOKEN is not set)" in unheard.why
    _, (page,) = step(AT_1, unheard)
    assert page.what == f"cadence is RED: {unheard.why}" and page.cause == "cadence"


def test_status_says_red_and_names_the_card(room, capsys):
    room.answers = "refuses it"
    room.look()
    for event in room.came:
        room.journal.append("happened", room.run.site.clock.now(), event=record(event))
    status.run(Namespace(run=room.run.folder, plan=PLAN_FILE, json=False))
    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith("RED: cadence is RED: #ship-room did not take the card of") for line in said)


def test_a_plan_by_which_nobody_confirms_anything_in_the_room_owes_no_card_without_a_token(room, looked):
    plan = directive.parse(gates_only(PLAN_FILE.read_text("utf-8")))
    room.run = replace(without_token(room.run), plan=plan)
    assert [room.look(20) for _ in range(3)] == [[]] * 3 and not room.came


def test_a_look_that_saw_nothing_is_told_too(room):
    room.looked = None
    assert room.look() == [(Report, "T0")] and room.came == []
    assert "recommend HOLD" in room.messages[0]["text"]
