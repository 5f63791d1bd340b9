"""The detection matrix, for a terminal and as a page."""

from datetime import UTC, datetime

import pytest

from ramp.detection import Detection, Led
from reports.detection import cells, in_brief, summed_up, table_text, why_not, write_page

MUST = Led(decision="ROLLBACK", check="latency", verdict="RED", trigger="F1")


def row(**changes):
    made = Detection(
        name="slow_canary", says="it is <slow>", moment="stage_50", digest="d", must=MUST, came=MUST,
        detected_min=9.0, zero_s=1.24, took_s=20.0,
    )  # fmt: skip
    return made.model_copy(update=changes)


def test_a_row_says_the_fault_its_gate_the_minutes_the_decision_and_the_seconds():
    assert cells(row()) == ("slow_canary", "stage_50", "latency RED F1", "9", "ROLLBACK", "1.2", "yes")
    assert in_brief(row()) == "slow_canary at stage_50: latency RED F1 after 9 min; ROLLBACK, zero after 1.2 s"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"problem": "pytest ended with status 3", "came": Led(decision=None)}, "pytest ended with status 3"),
        ({"zero_s": None}, "it was rolled back, and zero was not proven"),
        ({"came": Led(decision="HOLD", check="latency", verdict="NO DATA")}, "ROLLBACK with latency RED F1 was due"),
    ],
)
def test_what_is_not_as_it_must_says_why(changes, why):
    assert why_not(row(**changes)) == why
    assert cells(row(**changes))[-1] == f"NO: {why}" and f"NOT AS IT MUST: {why}" in in_brief(row(**changes))


def test_the_sum_names_what_is_wrong_and_what_is_missing():
    assert summed_up([row()], 1) == "1 of 1 scenarios led to what they must"
    said = summed_up([row(), row(name="other", zero_s=None)], 3)
    assert said == "1 of 3 scenarios led to what they must; 1 not rehearsed yet; not: other"


def test_the_page_is_green_only_where_all_of_it_is_there_and_holds(tmp_path):
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert "hero continue" in write_page(tmp_path, [row()], 1, at).read_text()
    assert "hero hold" in write_page(tmp_path, [row()], 2, at).read_text()
    page = write_page(tmp_path, [row(zero_s=None)], 1, at).read_text()
    assert "hero hold" in page and "it is &lt;slow&gt;" in page and "2026-11-24 08:00 UTC" in page


def test_the_table_has_a_line_for_each_row():
    assert len(table_text([row(), row()], 160).splitlines()) == 3
