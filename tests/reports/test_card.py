import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.rehearsal.slack_limits import check_message
from fixtures.rehearsal.slack_server import slack_app
from fixtures.ship_room import ShipRoom
from ramp import directive
from ramp import release as releases
from ramp.decision import Action, Decision, decide, rolled_back
from ramp.people import Roles
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Trigger, Verdict, no_data
from reports.card import event_card, payments_card, status_card
from reports.journal import Chapter

ROOT = Path(__file__).parents[2]
PLAN = directive.parse((ROOT / "ramp" / "plan.toml").read_text("utf-8"))
COMMAND = "kubectl argo rollouts abort shop"
RELEASE_TEXT = f'rollback_command = "{COMMAND}"\n' + (ROOT / "release.toml").read_text("utf-8").replace(
    "runbook_url", "# runbook_url"
)
RELEASE = releases.parse(RELEASE_TEXT, "release.toml", PLAN, ["stage_50"])
REQUIRED = len(PLAN.required("stage_50"))
AT_UTC = datetime(2026, 11, 24, 12, 45, tzinfo=UTC)
SECRET = "sk_live_51Habcdefghijklmnopqrstu"


def verdict(check, colour=Colour.GREEN, moment="stage_50", why="because", **fields):
    return Verdict(check=check, moment=moment, colour=colour, why=why, **fields)


def healthy(moment="stage_50"):
    return [verdict(check, moment=moment) for check in PLAN.required(moment)]


def replaced(verdicts, changed):
    return [changed if each.check == changed.check else each for each in verdicts]


def card_of(verdicts, moment="stage_50", release=RELEASE, *, decision=None, at_utc=AT_UTC, **of):
    decision = decision or decide(PLAN, moment, {each.check: each for each in verdicts}, 30)
    about = {"version", "commit", "roles", "rollback_command", "runbook_url"}
    told = Chapter(moment=moment, verdicts=tuple(verdicts), decision=decision, at_utc=at_utc.isoformat(), held_min=30)
    shown = {name: of.pop(name) for name in ("before", "next_utc", "page") if name in of}
    return status_card(PLAN, release.model_dump(include=about) | of, told, **shown)


def texts(card):
    """Every text object of `card`."""
    return [text for block in card.blocks for text in (block.get("elements") or [block["text"]])]


def test_the_word_comes_first_where_phones_look_and_whether_it_is_live():
    card = card_of(replaced(healthy(), verdict("cost", Colour.YELLOW)))
    assert card.text.splitlines()[0] == "✋ HOLD · 50 % · REHEARSAL"
    assert card.blocks[0] == {"type": "header", "text": {"type": "plain_text", "text": card.text.splitlines()[0]}}
    assert "because" in card.text and "Next: keep the traffic where it is" in card.text and "*" not in card.text
    assert card_of(healthy(), target="real").text.startswith("🟢 CONTINUE · 50 % · LIVE")


def test_the_time_is_utc_whatever_zone_it_came_in():
    decision = decide(PLAN, "stage_50", {}, 30)
    west = AT_UTC.astimezone(timezone(timedelta(hours=-8)))
    assert "12:45Z" in str(card_of([], decision=decision, at_utc=west))


def phone_lines(card):
    """As a phone shows it, 40 characters wide; a mark of the local time is as wide as the time."""
    said = re.sub(r"<!date\^\d+\^{time}\|([^>]*)>", r"\1", str(card))
    said = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", said)
    return sum(-(-len(line) // 40) for line in said.splitlines() if line.strip())


def test_all_green_is_one_screen_of_a_phone():
    long = RELEASE.model_copy(
        update={"runbook_url": "https://wiki.example.com/space/runbooks/how-to-roll-back-the-shop"}
    )
    assert phone_lines(card_of(healthy(), release=long, before={"cost": "YELLOW"}, next_utc=AT_UTC)) <= 25
    assert phone_lines(card_of(healthy("t_minus_10"), "t_minus_10", release=long, next_utc=AT_UTC)) <= 30


def test_a_row_says_word_gate_value_limit_and_control():
    latency = verdict("latency", Colour.RED, unit=Unit.SECONDS, value=0.184, control=0.0861, limit=0.12)
    payments = verdict("payments", Colour.YELLOW, unit=Unit.RATIO, value=0.996, limit=0.995)
    said = str(card_of(replaced(replaced(healthy(), latency), payments))).splitlines()
    assert "🔴 *RED* latency 184 ms, limit ≤ 120 ms, control 86.1 ms" in said
    assert "🟡 *YELLOW* payments 99.60 %, limit ≥ 99.50 %" in said


def test_numbers_that_differ_look_different():
    cost = verdict("cost", Colour.RED, unit=Unit.USD, value=0.00091, control=0.000906, limit=0.0009061)
    said = str(card_of(replaced(healthy(), cost)))
    value, limit, control = re.search(r"cost (\S+), limit ≤ (\S+), control (\S+)", said).groups()
    assert len({value, limit, control}) == 3


def test_rows_stand_worst_first_and_green_ones_by_name_alone():
    mixed = [verdict("latency"), verdict("cost", Colour.YELLOW), verdict("cache", Colour.NO_DATA)]
    mixed.append(verdict("payments", Colour.RED))
    given = {each.check: each for each in mixed}
    lines = str(card_of([given.get(each.check, each) for each in healthy()])).splitlines()
    rows = [line for line in lines if line[0:1] in "🔴⚪🟡🟢" and line]
    assert rows[:3] == ["🔴 *RED* payments", "⚪ *NO DATA* cache", "🟡 *YELLOW* cost"]
    assert rows[3].startswith("🟢 all others GREEN: latency, errors")


def test_checks_without_data_that_say_the_same_share_a_row_so_that_a_lost_page_is_one_screen():
    lost = [no_data(each.check, each.moment, "the page answered 503") for each in healthy()]
    card = card_of(lost)
    rows = [line for line in str(card).splitlines() if line.startswith("⚪")]
    assert len(rows) == 1 and all(each.check in rows[0] for each in lost)
    assert phone_lines(card) <= 25


def test_a_required_check_that_did_not_come_back_is_a_no_data_row():
    assert "⚪ *NO DATA* payments" in str(card_of([each for each in healthy() if each.check != "payments"]))


def test_a_trigger_is_told_in_the_owners_words_with_the_rollback_command():
    payments = verdict("payments", Colour.RED, trigger=Trigger.F4, unit=Unit.RATIO, value=0.98, limit=0.995)
    card = card_of(replaced(healthy(), payments))
    assert card.text.startswith("⏪ ROLLBACK") and f"`{COMMAND}`" in card.text
    assert "Why: Payments E2E &lt;99.5%: payments 98.00 %, limit ≥ 99.50 %" in card.text
    assert "F4" not in card.text
    assert "<@U0CEO> <@U0IC> by 12:47Z (<!date^" in card.text


def test_a_rollback_that_was_carried_out_gives_nobody_two_minutes():
    found = replaced(healthy(), verdict("payments", Colour.RED, trigger=Trigger.F4))
    done = rolled_back(decide(PLAN, "stage_50", {each.check: each for each in found}, 30), "F4 fired")
    card = card_of(found, decision=done)
    assert "For: <@U0CEO> <@U0IC>: to know; it was rolled back already" in card.text
    assert "Next: the canary has no users any more" in card.text and "12:47Z" not in card.text


def test_what_is_another_colour_than_on_the_last_card_is_said():
    card = card_of(replaced(healthy(), verdict("cost", Colour.RED)), before={"cost": "GREEN", "latency": "GREEN"})
    assert "*Changed:* cost GREEN → RED" in str(card)
    assert "*Changed:* nothing since the last card" in str(card_of(healthy(), before={"cost": "GREEN"}))
    assert "Changed" not in str(card_of(healthy()))


def test_green_pings_nobody():
    assert "<@" not in json.dumps(card_of(healthy()).blocks)


def test_the_next_card_is_announced():
    assert "next card by 12:45Z" in str(card_of(healthy(), next_utc=AT_UTC))


@pytest.mark.parametrize(
    ("go", "says"),
    [
        ("2026-11-24T12:14:00+00:00", "GO: 2026-11-24 12:14Z, 31 min before this card"),
        ("2026-11-24T12:20:00+00:00", "GO: 2026-11-24 12:20Z, 25 min before this card; 5 of 30 min are left"),
        ("2026-11-24T15:15:00+02:00", "GO: 2026-11-24 13:15Z, only in 30 min"),
        (None, None),
    ],
)
def test_a_moment_that_is_counted_from_the_go_says_when_that_was(go, says):
    for moment in ("go_plus_30", "stage_50"):
        told = [line for line in card_of([], moment, go_at_utc=go).text.splitlines() if line.startswith("GO")]
        assert told == ([says] if says and moment == "go_plus_30" else [])


def test_the_footer_names_the_commit_and_links_runbook_and_page():
    release = RELEASE.model_copy(update={"runbook_url": "https://wiki.example/run?a=1&b=2|3"})
    card = card_of(healthy(), release=release, page="https://ci.example/page.html")
    assert RELEASE.commit[:12] in str(card) and "<https://ci.example/page.html|page>" in str(card)
    assert "<https://wiki.example/run?a=1&amp;b=2%7C3|runbook>" in texts(card)[-1]["text"]


def test_a_page_on_somebodys_machine_is_no_link():
    assert "page.html" not in str(card_of(healthy(), page="runs/v20261124.1/page.html"))


def test_the_rollback_command_is_never_altered():
    """A phone shows the text without bold, and an asterisk of the command must survive that."""
    release = RELEASE.model_copy(update={"rollback_command": "weight --slice canary* 0 && drain"})
    card = card_of(replaced(healthy(), verdict("payments", Colour.RED, trigger=Trigger.F4)), release=release)
    assert "Rollback: `weight --slice canary* 0 &amp;&amp; drain`" in card.text
    assert "*Rollback:* `weight --slice canary* 0 && drain`" in str(card)


def test_no_rollback_command_is_said_and_not_left_out():
    release = RELEASE.model_copy(update={"rollback_command": None})
    assert "no command and no runbook in the release file" in str(card_of(healthy(), release=release))


@pytest.mark.parametrize("id", ["!channel", "ceo@example.org", "U0> <!here"])
def test_a_role_that_is_no_slack_user_id_pings_nobody_and_says_so(id):
    release = RELEASE.model_copy(update={"roles": Roles(ceo=id)})
    card = card_of(replaced(healthy(), verdict("cost", Colour.YELLOW)), release=release)
    assert "ceo (no Slack id in the release file)" in card.text and not re.search("<(?!!date)", card.text)


def test_what_happens_between_two_decisions_is_a_card_for_who_commands():
    run = {"version": "v20261124.1", "roles": {"incident_commander": "U0IC"}}
    for card in (event_card(run, "zero is <proven>"), payments_card(run, "stage_50", ["zero is <proven>"])):
        check_message({"text": card.text, "blocks": list(card.blocks)})
        assert "zero is &lt;proven&gt;" in card.text and "<@U0IC>" in str(card)


def test_what_does_not_apply_is_named_on_every_card():
    decision = replace(decide(PLAN, "stage_50", {}, 30), not_applied=("B2: one team", "markup: no AI"))
    assert "does not apply: B2, markup" in str(card_of([], decision=decision))


def test_what_does_not_fit_is_counted():
    """Sixty long REDs: those that fit are shown, and the rest is said by number."""
    crowd = [verdict(f"gate {number}", Colour.RED, why="x" * 900, notes=("y" * 900,) * 20) for number in range(60)]
    said = str(card_of(crowd))
    shown = len(re.findall(r"^🔴", said, re.MULTILINE))
    left = int(re.search(r"^\.\.\. (\d+) more that are not GREEN; see the page$", said, re.MULTILINE)[1])
    assert shown >= 1 and shown + left == 60 + REQUIRED


NASTY = [
    "<!channel>",
    "@here",
    "<@U0SOMEONE>",
    "<https://evil.example|click>",
    "&" * 40,
    "🔴" * 40,
    "\n*GREEN*\n",
    "_ ` ~ >",
]
WORDS = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
PROSE = st.builds(lambda word, times: word * times, WORDS, st.integers(1, 80))
NUMBERS = st.none() | st.floats()
VERDICTS = st.builds(
    Verdict,
    check=st.sampled_from([*PLAN.checks, "<!everyone>", "x" * 500]),
    moment=st.just("stage_50"),
    colour=st.sampled_from(Colour),
    why=PROSE,
    unit=st.sampled_from(Unit),
    value=NUMBERS,
    control=NUMBERS,
    limit=NUMBERS,
    n=st.none() | st.integers(0, 10**12),
    window_s=st.none() | st.floats(0, 1e6),
    grade=st.none() | st.sampled_from(Grade),
    trigger=st.none() | st.sampled_from(Trigger),
    notes=st.lists(PROSE, max_size=3).map(lambda notes: tuple(notes) * 7),
)
CROWDS = st.lists(VERDICTS, max_size=6).flatmap(lambda some: st.integers(1, 10).map(lambda times: some * times))
DECISIONS = st.builds(
    Decision,
    moment=st.just("stage_50"),
    action=st.sampled_from(Action),
    reason=PROSE,
    next_step=PROSE,
    tag=st.lists(st.sampled_from(["ceo", "incident_commander", "sre_lead", "<!channel>"]), max_size=4).map(tuple),
    not_applied=st.lists(PROSE, max_size=20).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(moment=st.sampled_from(["t_minus_10", "stage_1", "stage_50", "post_success"]), crowd=CROWDS, decision=DECISIONS)
def test_whatever_the_verdicts_the_card_is_accepted_and_pings_only_tagged_roles(moment, crowd, decision):
    card = card_of(crowd, moment, decision=decision, page="https://ci.example/page")
    check_message({"text": card.text, "blocks": list(card.blocks)})
    assert f" {decision.action} · " in card.text.splitlines()[0] and f" {decision.action} · " in texts(card)[0]["text"]
    tagged = {f"<@{getattr(RELEASE.roles, role)}>" for role in decision.tag if hasattr(RELEASE.roles, role)}
    for said in [card.text, *(text["text"] for text in texts(card))]:
        marks = re.findall(r"<[^>]*>?", said)
        assert {mark for mark in marks if not mark.startswith(("<!date^", "<https://ci.example/page|"))} <= tagged
        assert not re.search(r"&(?!(amp|lt|gt);)", said), "an escape was cut in two"
    assert all(text["verbatim"] for text in texts(card)[1:])


@settings(max_examples=30, deadline=None)
@given(before=PROSE, after=PROSE)
def test_a_secret_is_nowhere_on_the_card_not_even_cut_in_two(before, after):
    told = f"{before} {SECRET} {after}"
    payments = verdict("payments", Colour.RED, why=told, trigger=Trigger.F4, notes=(told,))
    cost = verdict("cost", Colour.YELLOW, why=told, notes=(told,))
    card = card_of(replaced(replaced(healthy(), payments), cost), page=f"https://jo:{SECRET}@ci.example/page.html")
    assert SECRET[:14] not in card.text + str(card) + json.dumps(card.blocks)


def test_a_chapter_without_a_decision_has_no_card():
    with pytest.raises(ValueError, match="stage_50 has no decision"):
        status_card(PLAN, {}, Chapter(moment="stage_50", verdicts=(), decision=None, at_utc="", held_min=None))


def test_slack_takes_the_card_through_the_official_sdk(serve, tmp_path):
    url = serve(slack_app(token="xoxb-rehearsal", folder=tmp_path))
    card = card_of(replaced(healthy(), verdict("payments", Colour.RED, trigger=Trigger.F4, why="<!channel> & co")))
    ShipRoom(f"{url}/api/", "xoxb-rehearsal", RELEASE.channel).post(card)
    message = json.loads((tmp_path / "messages.jsonl").read_text("utf-8"))
    assert message["text"] == card.text and message["blocks"] == list(card.blocks)
