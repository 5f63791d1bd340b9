"""The draft of a post-mortem tells a rollback's own journal, to the second, and leaves blank what only people know."""

import pytest

from ramp.happened import Looked, Said, WeightRead, Word, record
from ramp.record_rows import MeasuredZero
from ramp.replay import Firsts, Outcome
from ramp.roster import Person
from ramp.verdict import Colour, Trigger, Verdict
from reports.post_mortem import Met, post_mortem
from reports.win_note import blanks

ROSTER = (Person(domain="app/API", dri="U0APP", backup="U0APPB"),)
MET = Met(users=1200, payments=40, payments_failed=None)
TREND = ((1.0, 0.09, 0.09), (2.0, 0.12, None), (3.0, 0.16, 0.09))
SLOW = Verdict(
    check="latency", moment="stage_10", colour=Colour.RED, why="P95 160 ms", trigger=Trigger.F1, trend=TREND, limit=0.12
)
ZERO = {
    "proven": True, "after_s": 1.4, "last_canary_s": 0.6, "resolution_s": 0.1, "asked_again": 9, "others": 2, "why": "",
}  # fmt: skip


def at(minute, kind, **fields):
    return {"kind": kind, "at_utc": f"2026-11-24T08:{minute:02}:00Z"} | fields


def looked(minute, outlook, reason):
    return at(minute, "happened", event=record(Looked(outlook, minute, minute, reason)))


def weight(minute, pct):
    return at(minute, "happened", event=record(WeightRead(pct)))


def told(**changed):
    back = {"moment": "stage_10", "said": "-", "order_s": 0.2, "claim": None, "zero": ZERO} | changed
    return [
        at(0, "run", version="v20261124.1"),
        looked(1, "within", "fine"),
        weight(1, 1.0),
        weight(2, 10.0),
        looked(2, "holds", "an old breach"),
        weight(3, 10.0),
        looked(3, "within", "fine again"),
        looked(4, "holds", "P95 130 ms"),
        looked(5, "holds", "P95 140 ms"),
        at(6, "heard", word="HOLD", by="U0IC", said_at_utc="-", more={}),
        at(6, "said_in_thread", thread="1", ts="2", user="U0SRELEAD", role="sre_lead", word="HOLD", code=""),
        looked(7, "rollback", "P95 160 ms for 15 min"),
        at(7, "ordered", what="RollBack", order={"moment": "stage_10", "reason": "P95 160 ms", "attempt": 1}),
        at(8, "rolled_back", **back),
        at(8, "verdict", **SLOW.record()),
        at(8, "decision", moment="stage_10", action="ROLLBACK", reason="latency RED at stage_10"),
        at(9, "page", moment="stage_10", posted=True, roles=["ceo", "incident_commander"]),
        at(9, "payments_ended", ended=[
            {"key": "a", "amount_cents": 500, "after": "voided", "why": None},
            {"key": "b", "amount_cents": 700, "after": "authorized", "why": "no answer"},
        ], refunded={}, why=None),
        at(9, "card", moment="stage_10", posted=False, why="no token", text="ROLLBACK &lt;1 %\nWhy: P95"),
    ]  # fmt: skip


def draft(records, seen=None, roster=ROSTER):
    return post_mortem(records, roster, lambda check: "app/API", MET, seen, "what each stage sees")


def test_the_timeline_goes_from_the_first_look_of_the_breach_to_what_was_told():
    said = draft(told())
    timeline = said.split("## Timeline, in UTC\n\n")[1].split("\n\n")[0].splitlines()
    assert timeline == [
        "- 08:02:00 the canary has 10 % of the users",
        "- 08:04:00 a look held: P95 130 ms",
        "- 08:07:00 detected: P95 160 ms for 15 min",
        "- 08:07:00 decided and ordered, attempt 1",
        "- 08:07:00 + 0.2 s: the order was taken",
        "- 08:07:00 + 0.6 s: the canary's last answer to a user",
        "- 08:07:00 + 1.4 s: zero was proven: control answered 9 users whom the canary had, and 2 others",
        "- 08:09:00 call of the pager for CEO, incident commander: accepted",
        "- 08:09:00 payments: payments ended: 1 voided; could not be ended and stay held: 1, $7.00 in all, the first: "
        "b is authorized: no answer",
        '- 08:09:00 card in #ship-room, "ROLLBACK <1 %": NOT accepted: no token',
    ]


def test_what_people_said_and_what_the_canary_had_done_stand_there():
    said = draft(told())
    assert "- 08:06:00 U0IC: HOLD, by a command" in said
    assert "- 08:06:00 U0SRELEAD (sre_lead): HOLD, in the thread" in said
    assert "- users who met it, by its own counter: 1,200" in said and "declined ones among them: not known" in said
    assert "- payments that were open and are authorized now: 1, $7.00; `python -m ramp recover` goes on" in said
    assert "- payments that were open and are voided now: 1, $5.00\n" in said


def test_the_dri_of_the_gate_is_named_and_causes_and_actions_are_blank():
    said = draft(told())
    assert "Who completes it: app/API DRI (U0APP)." in said
    assert blanks(said) == ["{{cause: app/API DRI (U0APP)}}", *["{{action: who, by when}}"] * 2]
    assert "Who completes it: app/API DRI." in draft(told(), roster=())


def test_a_rollback_by_a_person_has_its_own_detection_and_no_chart():
    records = [each for each in told() if each["kind"] not in ("verdict", "happened")]
    records.insert(1, at(7, "happened", event=record(Said(Word.ROLLBACK, "U0CEO"))))
    said = draft(records)
    assert "Who completes it: incident commander." in said and "```\ncanary" not in said


def test_what_no_record_orders_has_the_time_at_which_it_began_and_a_rehearsal_says_how_fast_time_passed():
    records = [each for each in told(order_s=None) if each["kind"] not in ("ordered", "happened")]
    records[0]["speed"] = 60
    said = draft(records)
    assert "- times are the plan's, which passed 60 times as fast as the clock" in said
    assert "- 08:06:36 the weight was set to 0 from outside" in said and "- 08:06:36 + 1.4 s: zero was proven" in said
    assert "passed" not in draft(told())


def test_that_the_canary_answered_nobody_after_the_order_is_said():
    assert "- 08:07:00 the canary answered no user after the order" in draft(told(zero=ZERO | {"last_canary_s": None}))


@pytest.mark.parametrize("claim", [None, "the tool is gone"])
def test_a_zero_that_was_not_proven_is_never_told_as_one(claim):
    said = draft(
        told(claim=claim, zero=ZERO | {"proven": False, "last_canary_s": None, "why": "3 users were answered"})
    )
    assert "+ 1.4 s: zero was NOT proven: 3 users were answered" in said and "zero was proven" not in said
    assert ("refused: the tool is gone" in said) is bool(claim)


def test_the_gate_is_drawn_on_one_scale_and_what_could_have_seen_it_is_told():
    firsts = {"latency": Firsts(4, 12, ["P95 was 130 ms", "P95 was 160 ms"]), "cost": Firsts()}
    seen = Outcome(firsts, reason="latency", minute=12, stage="stage_10")
    said = draft(told(), seen)
    assert "canary  ▁▄█\ncontrol ▁ ▁" in said
    assert "- latency (the cause): first YELLOW minute 4.0, first RED minute 12.0: P95 was 130 ms; then P95" in said
    assert "cost" not in said
    assert "the recording cannot be judged again" in draft(told())


def test_the_zero_of_these_tests_is_one_of_a_journal():
    assert MeasuredZero(**ZERO)
