"""The matrix: every sentence of the directive is there, with its checks or the word that there is none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ramp.__main__ import COMMANDS
from ramp.plan import Plan
from reports import journal
from reports.matrix import DONE_BY, lines, matrix, matrix_html


def test_every_sentence_is_there_in_order_also_without_a_check(plan: Plan) -> None:
    rows = list(lines(plan, [], {}))
    assert list(dict.fromkeys(row.id for row in rows)) == list(plan.sentences)
    served = {id for row in plan.checks.values() for id in row.ids}
    for row in rows:
        assert (row.check == "no check yet") is (row.id not in served)
        assert row.last_verdict == ("never run" if row.id in served else "")


def test_what_no_check_serves_says_what_does_it(plan: Plan) -> None:
    """But for a heading of the directive."""
    assert {row.id for row in lines(plan, [], {}) if row.check == "no check yet" and not row.claims} == {"C0"}


@pytest.mark.parametrize("id", DONE_BY)
def test_who_does_a_line_is_there(plan: Plan, id: str) -> None:
    """A command that can be typed, a page of docs/, and a sentence of the owner's."""
    project, said = Path(__file__).parents[2], DONE_BY[id]
    assert id in plan.sentences
    assert all(command in COMMANDS for command in re.findall(r"python -m ramp ([a-z-]+)", said))
    assert all((project / page).is_file() for page in re.findall(r"docs/[a-z-]+\.md", said))
    assert any(said in row.claims for row in lines(plan, [], {}) if row.id == id)


def test_a_check_shows_its_claim_its_moments_and_its_last_verdict(plan: Plan, journal_of: Callable[..., Path]) -> None:
    records = journal.read(journal_of("rollback"))
    rows = {(row.id, row.check): row for row in lines(plan, records, {"latency": "P95 holds.\n\nMore."})}
    latency = rows["E1", "latency"]
    assert latency.claims == "P95 holds."
    assert latency.moments == "stage_1, stage_10, stage_25, stage_50, stage_100"
    assert latency.last_verdict == "RED at stage_10, F1 fired"
    assert rows["D1", "payments_settle"].last_verdict == "GREEN at t_minus_10"


def test_a_trigger_is_told_as_it_fired_whatever_came_after(plan: Plan, journal_of: Callable[..., Path]) -> None:
    """Each by its own row, with the checks that can fire it."""
    records = journal.read(journal_of("rollback"))
    mended = {**next(r for r in records if r.get("check") == "latency"), "moment": "stage_25"}
    told = {(row.id, row.check): row.last_verdict for row in lines(plan, [*records, mended], {}) if row.id[0] == "F"}
    fires = {id for id, check in told if check != "no check yet"} - {"F7"}  # a budget, which T-10 has drilled
    assert fires == {"F1", "F2", "F3", "F4", "F5", "F6"}
    assert told["F7", "rollback"] == "GREEN at t_minus_10"
    assert told["F1", "latency"] == "F1 fired at stage_10"
    assert (told["F5", "latency"], told["F1", "errors"]) == ("F5 did not fire", "F1 did not fire")


@pytest.mark.parametrize(("posted", "said"), [(True, "Paged: "), (False, "Not paged: "), (None, "To be paged: ")])
def test_a_page_is_told_by_its_record(
    plan: Plan, journal_of: Callable[..., Path], posted: bool | None, said: str
) -> None:
    """H1."""
    records = journal.read(journal_of("rollback"))
    page = {"kind": "page", "at_utc": records[-1]["at_utc"], "moment": "stage_10", "event": "trigger", "posted": posted}
    written = records if posted is None else [*records, page]
    (told,) = (row.last_verdict for row in lines(plan, written, {}) if row.id == "H1")
    assert told.startswith(f"{said}CEO") and told.endswith("at stage_10")


def test_what_nothing_enforces_yet_stands_at_the_sentence_that_it_is_for(plan: Plan) -> None:
    later = plan.cadence.model_copy(update={"not_enforced_yet": ("card_every_min",)})
    claims = {row.id: row.claims for row in lines(plan.model_copy(update={"cadence": later}), [], {})}
    assert claims["E0"] == "not enforced yet: [cadence] card_every_min"
    assert claims["B6"] == ""


def test_markdown_has_six_cells_a_row_whatever_the_docstrings_say(plan: Plan) -> None:
    text = matrix(plan, [], {"latency": "a | b <script> & c &lt; 'd' > e"})
    rows = text.splitlines()
    assert rows[0].startswith("| Id | The owner says |")
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)
    assert "a \\| b \\<script> & c \\&lt; 'd' > e" in text


def test_html_is_escaped_and_says_the_same(plan: Plan) -> None:
    text = matrix_html(plan, [], {"latency": "<script>alert(1)</script>"})
    assert "<script>" not in text and "&lt;script&gt;" in text
    assert text.count("<tr>") == 1 + len(list(lines(plan, [], {})))
