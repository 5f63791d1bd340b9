"""A decision on the terminal: the word first, what is not GREEN below it, nothing cut off, words without colour."""

import re
from dataclasses import replace

import pytest

from ramp.decision import Decision, decide
from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Verdict, no_data
from reports.journal import Telling
from reports.terminal import table_text
from reports.told import who

REASON = (
    "P95 143.4 ms is over the limit of 120 ms and has stayed so for 15 minutes on the canary but not on the control"
)
RED = Verdict(
    check="latency", moment="stage_1", colour=Colour.RED, why=REASON, unit=Unit.SECONDS, value=0.1434,
    control=0.0902, limit=0.12, n=2380, window_s=300, interval=(0.139, 0.148), grade=Grade.A, notes=("P50 61 ms",),
)  # fmt: skip
GREEN = Verdict(check="payments_settle", moment="stage_1", colour=Colour.GREEN, why="5 of 5 settled", n=5)
BLIND = no_data("cache", "stage_1", "no series")
VERDICTS = [GREEN, BLIND, RED]


@pytest.fixture
def held(plan: Plan) -> Decision:
    return decide(plan, "stage_1", {verdict.check: verdict for verdict in VERDICTS}, 15)


def said(held: Decision, *, width: int = 140, colour: bool = False, verbose: bool = False) -> str:
    return table_text(VERDICTS, held, width=width, colour=colour, verbose=verbose)


@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
def test_it_has_the_order_of_the_card_at_any_width(held: Decision, width: int) -> None:
    text = table_text(VERDICTS, held, who(held, Telling(why=None), None), width=width, colour=False, verbose=False)
    assert text.startswith(f"RECOMMEND: HOLD - {held.reason}\nnext step: keep")
    parts = [
        "RECOMMEND: HOLD",
        "next step: ",
        "paged: CEO",
        "\nRED",
        "\nNO DATA",
        "\nall others GREEN: payments_settle\n",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places) and text.endswith(parts[-1])


def test_what_is_green_has_a_row_for_verbose_only(held: Decision) -> None:
    assert re.findall(r"^(RED|NO DATA|GREEN)\b", said(held), re.MULTILINE) == ["RED", "NO DATA"]
    text = said(held, verbose=True)
    assert re.findall(r"^(RED|NO DATA|GREEN)\b", text, re.MULTILINE) == ["RED", "NO DATA", "GREEN"]
    assert "all others" not in text


def test_where_all_is_green_there_is_no_table(held: Decision) -> None:
    text = table_text([GREEN, replace(GREEN, check="cache")], held, width=80, colour=False, verbose=False)
    assert text.endswith("this moment again\nall 2 checks GREEN: payments_settle, cache\n")
    alone = table_text([GREEN], held, width=80, colour=False, verbose=False)
    assert alone.endswith("this moment again\nits one check is GREEN: payments_settle\n")


def test_who_was_told_stands_above_the_rows_as_the_journal_says_it(held: Decision) -> None:
    people, taken, refused = (
        "CEO, incident commander, infra DRI",
        Telling(why=None),
        Telling(why="gone"),
    )
    for telling, paged, tagged in (
        (taken, "paged", "tagged"),
        (refused, "not paged", "not tagged"),
        (None, "to be paged", "to be tagged"),
    ):
        text = table_text(VERDICTS, held, who(held, telling, telling), width=140, colour=False, verbose=False)
        assert f"this moment again\n{paged}: {people}\n{tagged}: {people}\n\nverdict" in text


def test_what_was_not_concluded_before_has_a_line_of_its_own(held: Decision) -> None:
    text = said(replace(held, before=("t_minus_10 not concluded in this run", "no check yet for C2 of go_plus_60")))
    assert "before it: t_minus_10 not concluded in this run\nbefore it: no check yet for C2" in text
    assert "before it" not in said(held)


def test_a_row_has_every_number_and_gates_without_one_a_dash(held: Decision) -> None:
    first = rows(said(held)).splitlines()[1].split()
    assert first[:13] == [
        "RED",
        "latency",
        "143.4",
        "ms",
        "90.2",
        "ms",
        "120",
        "ms",
        "2,380",
        "5",
        "min",
        "P95",
        "143.4",
    ]
    assert "139 ms to 148 ms" not in said(held)


@pytest.mark.parametrize("width", [40, 60, 79, 80, 99, 100, 140, 220])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_word_of_a_reason_is_lost_at_any_width(held: Decision, width: int, verbose: bool) -> None:
    text = said(held, width=width, verbose=verbose)
    assert "…" not in text
    table = rows(text)
    shown = re.sub(r"\s+", "", "".join(line[reason_column(table) :] for line in table.splitlines()))
    assert re.sub(r"\s+", "", REASON) in shown
    assert max(len(line) for line in table.splitlines()) <= width


def rows(text: str) -> str:
    """The table in `text`."""
    return text[text.index("verdict ") :].partition("\nall others")[0]


def reason_column(table: str) -> int:
    return table.splitlines()[0].index("reason")


def test_below_100_columns_control_and_window_are_left_out(held: Decision) -> None:
    assert {"control", "window"} <= set(rows(said(held, width=100)).splitlines()[0].split())
    assert not {"control", "window"} & set(rows(said(held, width=99)).splitlines()[0].split())


def test_interval_grade_and_notes_are_for_verbose_only(held: Decision) -> None:
    assert "P50 61 ms" not in said(held) and "grade" not in said(held)
    text = said(held, verbose=True)
    assert "139 ms to 148 ms" in text and "- P50 61 ms" in text and "grade" in text


def test_colours_are_for_terminals_that_want_them(held: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, coloured = said(held), said(held, colour=True)
    assert "\x1b" not in plain and "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == plain.split()
    monkeypatch.setenv("NO_COLOR", "1")
    assert said(held, colour=True) == plain


def test_a_servers_answer_cannot_steer_the_terminal_or_the_markup(held: Decision) -> None:
    hostile = replace(RED, why="[bold]x[/bold] \x1b[2J\x1b]0;title\x07 \r gone")
    text = table_text([hostile], replace(held, reason="\x1b[2J[red]y"), width=140, colour=True, verbose=False)
    assert "\x1b[2J" not in text and "\x1b]" not in text and "\r" not in text and "\x07" not in text
    assert "[bold]x[/bold]" in text and "[red]y" in text
