"""The win note tells each figure beside control's and the earlier release's, and what is to be filled in."""

import pytest

from ramp.figures import Figure
from reports.win_note import Before, blanks, last_figures, win_note

RUN = {"version": "v20261124.1", "scope": "Tutor cites lessons", "commit": "a" * 40}


def record(*figures):
    rows = [vars(figure) for figure in figures]
    return {"kind": "figures", "at_utc": "2026-11-24T12:05:09Z", "moment": "stage_100", "figures": rows}


def line(plan, now, then=None):
    before = Before("v20261110.1", (then,)) if then else None
    note = win_note(plan, RUN, [record(now)], before)
    return next(each for each in note.splitlines() if each.startswith(f"- {now.label}"))


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (Figure("E1", "P95", "84 ms", "86 ms"), None, "- P95: 84 ms; control 86 ms (-2.3 %)"),
        (Figure("E1", "P95", "84 ms", "1.02 s"), None, "- P95: 84 ms; control 1.02 s"),
        (
            Figure("E5", "cost per user", "$1,000.0000", "$1,100.0000"),
            Figure("E5", "cost per user", "$500.0000"),
            "- cost per user: $1,000.0000; control $1,100.0000 (-9.1 %); v20261110.1 $500.0000 (+100.0 %)",
        ),
        (
            Figure("E2", "payments", "99 of 100 went through"),
            Figure("E2", "payments", "98 of 99 went through"),
            "- payments: 99 of 100 went through; v20261110.1 98 of 99 went through",
        ),
        (Figure("E1", "errors", "0.10 %", "0.00 %"), None, "- errors: 0.10 %; control 0.00 %"),
        (Figure("E4", "database", "not seen", why="no page"), None, "- database: not seen; no page"),
        (
            Figure("E1", "P95", "84 ms"),
            Figure("E1", "P50", "84 ms"),
            "- P95: 84 ms; v20261110.1 not seen",
        ),
    ],
)
def test_a_figure_is_told_with_its_change_where_both_are_one_number_in_one_unit(plan, now, then, said):
    assert line(plan, now, then) == said


def test_the_figures_of_the_last_look_that_saw_something_are_told():
    empty = {"kind": "figures", "moment": "post_success", "figures": []}
    assert last_figures([record(Figure("E1", "P95", "1 ms")), record(Figure("E1", "P95", "2 ms")), empty]) == (
        Figure("E1", "P95", "2 ms"),
    )


def test_of_when_the_figures_are_is_said(plan):
    note = win_note(plan, RUN, [record(Figure("E1", "P95", "1 ms"))], None)
    assert "\nAs the last report has it: stage_100, 2026-11-24 12:05Z.\n" in note
    assert "last report" not in win_note(plan, RUN, [], None)


def test_who_has_lessons_to_tell_is_named_in_a_blank_each(plan):
    told = {"kind": "verdict", "check": "cache", "colour": "RED"}
    assert blanks(win_note(plan, RUN, [told], None)) == [
        "{{lesson: incident commander}}", "{{lesson: SRE lead}}", "{{lesson: cache/CDN DRI}}",
    ]  # fmt: skip
