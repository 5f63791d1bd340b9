"""E0 over whole ramps: a card every 15 minutes whatever comes about, and while Slack is down RED, paged, and made up
for, nothing lost and nothing doubled."""

import json
import os
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from aiohttp import web

from conduct.words import say
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_server import slack_app
from ramp.carded import Carded
from ramp.conducted import Phase
from ramp.happened import Word
from tests.conduct.card_world import POSTED, ROUTING_KEY, SECRETS, TOKEN, CardWorld, looked_of
from tests.conduct.ramp_world import NOW

RAMPS = 10 if os.environ.get("SHIPROOM_SCENARIOS") == "all" else 1  # of some seconds each
GAP_MIN_MAX = 16  # 15 minutes and one look


@pytest.fixture(scope="module")
def looked(plan):
    return looked_of(plan)


@pytest.fixture
def world(serve, rehearsed, looked, tmp_path):
    """`world(red=..., down=range(...))`: a ramp, and Slack, which answers 503 at the looks `down`."""

    def made(down=(), pager_url=None, **of):
        @web.middleware
        async def outage(request, handler):
            return web.Response(status=503) if made_world.looks in down else await handler(request)

        slack = slack_app(token=TOKEN, folder=tmp_path / "slack")
        slack.middlewares.append(outage)
        run = rehearsed(
            secrets=SECRETS, slack_url=f"{serve(slack)}/api/",
            pager_url=pager_url or serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
        )  # fmt: skip
        made_world = CardWorld(run, looked, **of)
        return made_world

    return made


def gaps_min(records):
    """Between what #ship-room accepted, from T-0 until the ramp was over."""
    at = [datetime.fromisoformat(each["at_utc"]) for each in records if each["kind"] in POSTED and each["posted"]]
    return [(after - before) / timedelta(minutes=1) for before, after in pairwise(at)]


def events(tmp_path):
    lines = (tmp_path / "pager" / "events.jsonl").read_text("utf-8").splitlines()
    return [(each["event_action"], each["dedup_key"].partition("/")[2]) for each in map(json.loads, lines)]


def troubles(seed, folder):
    """A gate that is RED for a while, looks that see nothing, and a HOLD until it is taken back."""
    random = Random(seed)  # noqa: S311
    red, blind, held = (random.randrange(5, 90) for _ in range(3))
    return {
        "red": range(red, red + random.randrange(1, 25)), "blind": range(blind, blind + random.randrange(1, 6)),
        "at": {held: lambda: say(folder, Word.HOLD, "the incident commander"),
               held + random.randrange(1, 50): lambda: say(folder, Word.RESUME, "the incident commander")},
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(RAMPS))
def test_no_two_cards_are_further_apart_than_fifteen_minutes_and_a_look(world, tmp_path, seed):
    of = world(**troubles(seed, tmp_path))
    records = of.conducted()
    gaps = gaps_min(records)
    print(f"ramp {seed}: {of.looks} min, {len(gaps) + 1} cards, the longest gap {max(gaps):.0f} min")
    assert of.loop.ramp.in_stable_hours and of.looks >= 90
    assert max(gaps) <= GAP_MIN_MAX and not [each for each in records if each.get("posted") is False]


def test_slack_that_is_down_for_twenty_minutes_is_red_and_paged_within_a_look_and_made_up_for(world, tmp_path):
    """From look 20 on, in the hold of 10 %: traffic stays until it is over, and then goes on to the end."""
    down = range(20, 40)
    of = world(down=down)
    records = of.conducted()
    assert of.loop.ramp.in_stable_hours

    lost = [each for each in records if each["kind"] in POSTED and not each["posted"]]
    unheard = [each for each in records if each["kind"] == "happened" and each["event"]["what"] == "Unheard"]
    first, over = (minute(each) for each in unheard)
    assert minute(lost[0]) <= first <= minute(lost[0]) + 1 and over <= down.stop + 1
    called = [minute(each) for each in records if each["kind"] == "event_page"]
    assert called == [first] and events(tmp_path) == [("trigger", "cadence"), ("resolve", "cadence")]

    weights = [minute(each) for each in records if each["kind"] == "ordered" and each["what"] == "SetWeight"]
    assert not [at for at in weights if first <= at < over]
    shown = [json.loads(line) for line in (tmp_path / "slack" / "messages.jsonl").read_text("utf-8").splitlines()]
    cards = [each for each in shown if not each.get("thread_ts")]
    taken = [each for each in records if each["kind"] in (*POSTED, "event_card") and each["posted"]]
    assert Counter(each["ts"] for each in cards) == Counter(each["ts"] for each in taken), "each once"
    made_up = next(each for each in taken if minute(each) >= down.stop)
    assert made_up["text"].startswith("✋ HOLD · 10 %") and "cadence is RED: #ship-room did not take" in made_up["text"]
    told = Carded()
    for each in records:
        told.follow(each)
    assert told.lost == [], "what was not taken was made up for"


def test_a_pager_that_is_down_keeps_no_rollback_and_nobody_is_said_to_be_paged(world):
    of = world(pager_url="http://127.0.0.1:9")
    of.rolls_back_at = 8
    records = of.conducted()
    assert (of.loop.ramp.phase, of.weight_pct, of.looks) == (Phase.ROLLED_BACK, 0.0, 8)
    calls = [each for each in records if each["kind"] == "page"]
    assert calls and not any(each["posted"] for each in calls)
    card = [each["text"] for each in records if each["kind"] == "card"][-1]
    assert card.startswith("⏪ ROLLBACK") and "Not paged: CEO" in card and "nobody was paged" in card


def minute(record):
    return (datetime.fromisoformat(record["at_utc"]) - NOW) / timedelta(minutes=1)
