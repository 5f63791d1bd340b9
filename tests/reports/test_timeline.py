"""What happened in a ramp, in order and in words."""

from reports.timeline import timeline
from tests.reports.ramp_records import at, begun, happened, looked, ordered


def said(records, plan):
    return [(entry.what, entry.said) for entry in timeline(records, plan)]


def test_weights_looks_and_what_follows_stand_in_order(plan):
    assert said([*begun(), looked(2)], plan) == [
        ("conductor", "began; the canary has 0 % of the traffic"),
        ("weight", "from 0 % to 1 %, ordered"),
        ("weight", "the canary has 1 % of the traffic"),
        ("weight", "the users' share follows the weight: 5 of 400 new users"),
        ("look", "all within limits"),
    ]


def test_looks_in_a_row_that_mean_the_same_are_one_entry_with_what_the_first_said(plan):
    slow = [looked(minute, "holds", check="latency", reason=f"P95 {minute} ms") for minute in (4, 5, 6)]
    weights = [happened(minute, "WeightRead", weight_pct=1.0, why="") for minute in (3, 4, 5)]
    records = [*begun(), looked(2), looked(3), weights[0], slow[0], weights[1], slow[1], weights[2], slow[2], looked(7)]
    fine, held, again = [entry for entry in timeline(records, plan) if entry.what == "look"]
    assert (fine.times, fine.until_utc) == (2, at(3))
    assert (held.times, held.at_utc, held.until_utc) == (3, at(4), at(6))
    assert held.said == "traffic would not rise: P95 4 ms"
    assert again.times == 1


def test_looks_with_something_between_them_stay_apart(plan):
    card = {"kind": "event_card", "at_utc": at(3), "text": "the share follows\nmore", "channel": "C0", "posted": True}
    entries = timeline([*begun(), looked(2), card, looked(4)], plan)
    assert [(entry.what, entry.times) for entry in entries][-3:] == [("look", 1), ("card", 1), ("look", 1)]
    assert entries[-2].said == "in #ship-room: the share follows"


def test_nothing_is_told_as_done_that_was_not_accepted(plan):
    came = {"posted": False, "why": "Slack is down"}
    card = {"kind": "card", "at_utc": at(1), "moment": "stage_1", "text": "HOLD", "channel": "C0"} | came
    page = {"kind": "event_page", "at_utc": at(1), "said": "RED", "roles": ["ceo"], "dedup_key": "k"} | came
    unclear = card | {"posted": "yes", "why": None}
    assert said([card, page, unclear], plan) == [
        ("card", "no card: Slack is down"),
        ("page", "CEO NOT paged: Slack is down"),
        ("card", "no card: nothing says that it was accepted"),
    ]


def test_cards_between_decisions_are_told_and_one_that_was_not_heard_in_time(plan):
    card = {"kind": "status_card", "at_utc": at(15), "moment": "stage_1", "because": "CADENCE", "text": "1 %\nmore",
            "channel": "C0", "posted": True}  # fmt: skip
    records = [card, happened(31, "Unheard", why="no card since 16:15Z"), happened(33, "Unheard", why="")]
    assert said(records, plan) == [
        ("card", "in #ship-room: 1 %"),
        ("card", "#ship-room did not hear a card in time: no card since 16:15Z"),
    ]


def test_approvals_and_refusals_of_people_are_told_with_who_and_why(plan):
    thread = {"at_utc": at(1), "thread": "1.1", "ts": "1.2", "user": "U0X"}
    records = [
        {"kind": "asked_sign_off", "at_utc": at(1), "by": ["ceo"], "moment": "stage_50", "code": "K7M4QX"},
        {"kind": "refused", "said": "GO 50 K7M4QX", "why": "an app wrote it", **thread},
        {"kind": "said_in_thread", "role": "sre_lead", "word": "HOLD", "code": "", **thread},
        happened(2, "SignedOff", moment="stage_50", code="K7M4QX", by="ceo", blocks=["GATE"], source="1.3"),
        happened(2, "AskVoided", moment="stage_50", code="K7M4QX", why="it expired"),
        {"kind": "heard", "at_utc": at(3), "word": "RESUME", "by": "dana", "said_at_utc": at(3), "more": {}},
    ]
    assert said(records, plan) == [
        ("approval", "CEO asked for 50 %, code K7M4QX"),
        ("approval", "not accepted, 'GO 50 K7M4QX' of U0X: an app wrote it"),
        ("approval", "HOLD by the SRE lead"),
        ("approval", "signed off by the CEO: 50 %, code K7M4QX"),
        ("approval", "code K7M4QX is void: it expired"),
        ("approval", "RESUME by dana, by a command"),
    ]


def test_a_weight_that_changes_or_cannot_be_read_is_told_and_one_that_stays_is_not(plan):
    reads = [(1.0, ""), (1.0, ""), (None, "the tool is down"), (1.0, ""), (25.0, "")]
    records = [happened(n, "WeightRead", weight_pct=pct, why=why) for n, (pct, why) in enumerate(reads)]
    assert [words for _, words in said(records, plan)] == [
        "the canary has 1 % of the traffic",
        "the weight cannot be read: the tool is down",
        "the canary has 1 % of the traffic",
        "the canary has 25 % of the traffic",
    ]


def test_a_rollback_is_told_by_its_order_and_by_what_was_measured(plan):
    records = [
        ordered(1, "RollBack", moment="stage_10", reason="F4 fired: payments fail", attempt=1, was_pct=10.0),
        {"kind": "rolled_back", "at_utc": at(1), "moment": "stage_10", "said": "zero after 3.2 s"},
        happened(2, "Interrupted", by="the operator"),
    ]
    assert said(records, plan) == [
        ("rollback", "ordered at 10 %: F4 fired: payments fail"),
        ("rollback", "zero after 3.2 s"),
        ("stop", "interrupted by the operator"),
    ]
