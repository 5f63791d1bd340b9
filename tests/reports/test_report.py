"""The first reply under a card: every figure that the owner asks for, what each check notes, and what is assumed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.rehearsal.slack_server import check_message
from ramp.decision import decide
from ramp.figures import Figure
from ramp.verdict import Colour
from reports.journal import Chapter
from reports.report import report_card
from tests.reports.test_card import AT_UTC, CROWDS, PLAN, PROSE, RELEASE, healthy, replaced, verdict

RUN = {"version": RELEASE.version, "commit": RELEASE.commit}
FIGURES = [
    Figure("E1", "P95", "84 ms", "86 ms"),
    Figure("E1", "errors", "0.10 %", "0.10 %"),
    Figure("E4", "IO", "20 %"),
]


def report_of(verdicts, moment="stage_50", figures=FIGURES, **changed):
    decision = replace(decide(PLAN, moment, {each.check: each for each in verdicts}, 30), **changed)
    at = AT_UTC.isoformat()
    told = Chapter(moment=moment, verdicts=tuple(verdicts), decision=decision, at_utc=at, held_min=30)
    return report_card(PLAN, RUN, told, figures)


def test_figures_stand_by_the_owners_line_canary_beside_control():
    lines = str(report_of(healthy())).splitlines()
    assert "*E1* P95 84 ms, control 86 ms" in lines
    assert "      errors 0.10 %, control 0.10 %" in lines
    assert "*E4* IO 20 %" in lines


def test_what_was_not_seen_says_why():
    assert "P95 not seen (stale)" in str(report_of(healthy(), figures=[Figure("E1", "P95", "not seen", why="stale")]))


def test_what_green_checks_note_is_told_too():
    """D1, D2, E2, E3 ask for it in every report, not only when something is wrong."""
    cache = verdict("cache", notes=("origin RPS canary 1.21/s", "pre-warm efficacy: 91 %"))
    said = str(report_of(replaced(healthy(), cache)))
    assert "> origin RPS canary 1.21/s\n> pre-warm efficacy: 91 %" in said


def test_t_minus_10_lists_the_assumptions_to_acknowledge():
    said = str(report_of(healthy("t_minus_10"), "t_minus_10"))
    assert "reply ACK to acknowledge" in said
    assert all(note in said for note in PLAN.assumptions)


def test_what_does_not_apply_is_named_in_full_however_long_the_reasons_are():
    names = [f"gate_{number}" for number in range(40)]
    card = report_of([], not_applied=tuple(f"{name}: {'why ' * 50}" for name in names))
    check_message({"text": card.text, "blocks": list(card.blocks)})
    said = str(card).partition("Does not apply")[2]
    assert all(re.search(rf"\b{name}\b", said) for name in names)
    assert "gate_0: why" in said and "see the page" in said


def test_what_does_not_fit_is_counted():
    crowd = [verdict(f"gate {number}", Colour.RED, why="x" * 900, notes=("y" * 900,)) for number in range(60)]
    assert re.search(r"^\.\.\. \d+ more checks; see the page$", str(report_of(crowd)), re.MULTILINE)


figure = st.builds(Figure, st.sampled_from(["E1", "E5"]), PROSE, PROSE, PROSE, PROSE)


@settings(max_examples=40, deadline=None)
@given(crowd=CROWDS, figures=st.lists(figure, max_size=40), moment=st.sampled_from(["t_minus_10", "stage_50"]))
def test_whatever_was_found_slack_takes_it_and_nobody_is_pinged(crowd, figures, moment):
    card = report_of(crowd, moment, figures)
    check_message({"text": card.text, "blocks": list(card.blocks)})
    assert not re.search(r"<[^>]*>?", card.text + str(card.blocks))


def test_a_chapter_without_a_decision_has_no_report():
    with pytest.raises(ValueError, match="stage_50 has no decision"):
        report_card(PLAN, RUN, Chapter(moment="stage_50", verdicts=(), decision=None, at_utc="", held_min=None), [])
