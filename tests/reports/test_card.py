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
from ramp.decision import Action, Decision, decide
from ramp.people import Roles
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Trigger, Verdict
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


def card_of(verdicts, moment="stage_50", release=RELEASE, *, decision=None, at_utc=AT_UTC, page=None, **about_run):
    decision = decision or decide(PLAN, moment, {each.check: each for each in verdicts}, 30)
    about = {"version", "commit", "roles", "rollback_command", "runbook_url"}
    told = Chapter(moment=moment, verdicts=tuple(verdicts), decision=decision, at_utc=at_utc.isoformat(), held_min=30)
    return status_card(PLAN, release.model_dump(include=about) | about_run, told, page=page)


def texts(card):
    """Every text object of `card`."""
    return [text for block in card.blocks for text in (block.get("elements") or [block["text"]])]


def test_the_verdict_comes_first_where_phones_look():
    card = card_of(replaced(healthy(), verdict("cost", Colour.YELLOW)))
    assert card.text.splitlines()[0] == "HOLD - 50 % - v20261124.1 - 12:45Z"
    assert card.blocks[0] == {"type": "header", "text": {"type": "plain_text", "text": card.text.splitlines()[0]}}
    assert "because" in card.text and "Next: keep the traffic where it is" in card.text and "*" not in card.text


def test_the_time_is_utc_whatever_zone_it_came_in():
    decision = decide(PLAN, "stage_50", {}, 30)
    west = AT_UTC.astimezone(timezone(timedelta(hours=-8)))
    assert "12:45Z" in card_of([], decision=decision, at_utc=west).text


def test_a_row_says_word_gate_value_control_limit_n_and_window():
    latency = verdict("latency", unit=Unit.SECONDS, value=0.084, control=0.0861, limit=0.12, n=4123, window_s=300)
    row = "🟢 *GREEN* latency 84 ms (control 86.1 ms; limit 120 ms), n 4,123, 5 min"
    assert row in str(card_of(replaced(healthy(), latency))).splitlines()


def test_rows_stand_worst_first_and_every_colour_has_its_word():
    mixed = [verdict("latency"), verdict("cost", Colour.YELLOW), verdict("cache", Colour.NO_DATA)]
    mixed.append(verdict("payments", Colour.RED))
    given_only = [each for each in str(card_of(mixed)).splitlines() if any(f" {v.check}" in each for v in mixed)]
    rows = [line for line in given_only if line[0] in "🔴⚪🟡🟢"]
    assert rows == ["🔴 *RED* payments", "⚪ *NO DATA* cache", "🟡 *YELLOW* cost", "🟢 *GREEN* latency"]


def test_a_required_check_that_did_not_come_back_is_a_no_data_row():
    card = str(card_of([each for each in healthy() if each.check != "payments"]))
    assert "⚪ *NO DATA* payments" in card and f"1 NO DATA, {REQUIRED - 1} GREEN" in card


def test_a_trigger_is_named_with_the_owners_sentence_and_the_rollback_command():
    payments = verdict("payments", Colour.RED, trigger=Trigger.F4, notes=("declined: rule R7 3 of 231",))
    card = card_of(replaced(healthy(), payments))
    assert card.text.startswith("ROLLBACK") and f"`{COMMAND}`" in card.text
    for line in ("trigger F4", "F4: Payments E2E <99.5%.", "declined: rule R7 3 of 231"):
        assert line in str(card)
    assert "<@U0CEO> <@U0IC>" in card.text


def test_the_numbers_of_green_gates_are_reported_too():
    """E1 to E5 ask for them in every report, not only when something is wrong."""
    cache = verdict("cache", notes=("origin RPS canary 1.21/s", "pre-warm efficacy: 91 %"))
    assert "cache: origin RPS canary 1.21/s; pre-warm efficacy: 91 %" in str(card_of(replaced(healthy(), cache)))


def test_green_pings_nobody():
    assert "<@" not in json.dumps(card_of(healthy()).blocks)


def test_the_t_minus_10_card_posts_d1_to_d4_and_asks_to_acknowledge_the_assumptions():
    moment = "t_minus_10"
    paid = verdict("payments_settle", moment=moment, notes=("pi_***f00d $1.00 captured, risk normal",))
    restored = verdict("restore", moment=moment, notes=("snapshot pointer shiproom_20261124T075000Z",))
    card = card_of(replaced(replaced(healthy(moment), paid), restored), moment)
    said = str(card)
    assert card.text.startswith("CONTINUE - T-10 - v20261124.1 - 12:45Z")
    for name in ("D1 payments_settle", "D2 restore", "D3 prewarm", "D4 telemetry", "A2 coverage"):
        assert f"🟢 *GREEN* {name}" in said
    assert "pi_***f00d" in said and "shiproom_20261124T075000Z" in said
    assert "reply ACK to acknowledge" in said and all(note in said for note in PLAN.assumptions)


@pytest.mark.parametrize(
    ("go", "says"),
    [
        ("2026-11-24T12:14:00+00:00", "GO: 2026-11-24 12:14Z, 31 min before this card"),
        ("2026-11-24T15:15:00+02:00", "GO: 2026-11-24 13:15Z, only in 30 min"),
        (None, None),
    ],
)
def test_a_moment_that_is_counted_from_the_go_says_when_that_was(go, says):
    for moment in ("go_plus_30", "stage_50"):
        told = [line for line in card_of([], moment, go_at_utc=go).text.splitlines() if line.startswith("GO")]
        assert told == ([says] if says and moment == "go_plus_30" else [])


def test_the_footer_names_the_commit_and_says_where_the_rollback_and_the_page_are():
    release = RELEASE.model_copy(update={"runbook_url": "https://wiki.example/run?a=1&b=2|3"})
    card = card_of(healthy(), release=release, page="runs/v20261124.1/page.html")
    assert f"commit {RELEASE.commit[:12]}" in str(card) and "runs/v20261124.1/page.html" in str(card)
    assert "<https://wiki.example/run?a=1&amp;b=2%7C3>" in texts(card)[-1]["text"]


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
    assert "ceo (no Slack id in the release file)" in card.text and "<" not in card.text


def test_what_happens_between_two_decisions_is_a_card_for_who_commands():
    run = {"version": "v20261124.1", "roles": {"incident_commander": "U0IC"}}
    for card in (event_card(run, "zero is <proven>"), payments_card(run, "stage_50", ["zero is <proven>"])):
        check_message({"text": card.text, "blocks": list(card.blocks)})
        assert "zero is &lt;proven&gt;" in card.text and "<@U0IC>" in str(card)


def test_what_does_not_apply_is_named_in_full_however_long_the_reasons_are():
    """Forty of them: the names all stand there, the reasons as far as they fit."""
    names = [f"gate_{number}" for number in range(40)]
    decision = decide(PLAN, "stage_50", {}, 30)
    card = card_of([], decision=replace(decision, not_applied=tuple(f"{name}: {'why ' * 50}" for name in names)))
    check_message({"text": card.text, "blocks": list(card.blocks)})
    said = str(card).partition("Does not apply")[2]
    assert all(re.search(rf"\b{name}\b", said) for name in names) and "gate_0: why" in said and "see the page" in said


def test_what_does_not_fit_is_counted():
    """Sixty long REDs: those that fit are shown, and the rest is said by number and colour."""
    crowd = [verdict(f"gate {number}", Colour.RED, why="x" * 900, notes=("y" * 900,) * 20) for number in range(60)]
    said = str(card_of(crowd))
    shown = len(re.findall(r"^🔴", said, re.MULTILINE))
    left = int(re.search(rf"^\.\.\. (\d+) more: (\d+) RED, {REQUIRED} NO DATA; see the page$", said, re.MULTILINE)[1])
    assert shown >= 1 and shown + left == 60 + REQUIRED and "... 8 more notes" in said


def test_much_small_print_is_cut_and_counted():
    decision = decide(PLAN, "stage_50", {}, 30)
    crowd = [verdict(f"gate {number}", notes=("y" * 300,)) for number in range(60)]
    card = card_of(crowd, decision=decision)
    check_message({"text": card.text, "blocks": list(card.blocks)})
    small_print = texts(card)[-2]["text"].splitlines()
    assert small_print[-1] == f"... {61 - len(small_print)} more"


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
    card = card_of(crowd, moment, decision=decision, page="runs/page.html")
    check_message({"text": card.text, "blocks": list(card.blocks)})
    assert card.text.startswith(decision.action) and texts(card)[0]["text"].startswith(decision.action)
    tagged = {f"<@{getattr(RELEASE.roles, role)}>" for role in decision.tag if hasattr(RELEASE.roles, role)}
    for said in [card.text, *(text["text"] for text in texts(card))]:
        assert set(re.findall(r"<[^>]*>?", said)) <= tagged
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
