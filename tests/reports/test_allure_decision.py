"""Allure's first line is the decision: failed unless it is CONTINUE, whatever share of the checks passed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ramp.decision import Action, Decision
from reports.allure_decision import report_name, write_decisions
from reports.journal import Chapter

RUN = {"version": "v20261124.1", "run_id": "20261124T120000Z-ab12"}
SECRET = "sk_live_51Habcdefghijklmnopqrstu"


def chapter(action: Action, reason: str = "F1 fired", moment: str = "stage_50") -> Chapter:
    decision = Decision(moment=moment, action=action, reason=reason, next_step="roll back")
    return Chapter(moment=moment, verdicts=(), decision=decision, at_utc="2026-11-24T12:45:00+00:00", held_min=30)


def written(folder: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_text("utf-8")) for file in folder.glob("*-result.json")]


@pytest.mark.parametrize(
    ("action", "status"), [(Action.CONTINUE, "passed"), (Action.HOLD, "failed"), (Action.ROLLBACK, "failed")]
)
def test_what_is_not_continue_failed(tmp_path: Path, action: Action, status: str) -> None:
    write_decisions(tmp_path, RUN, [chapter(action)])
    (result,) = written(tmp_path)
    assert (result["status"], result["name"]) == (status, f"{action} at stage_50: F1 fired")


def test_it_stands_in_no_group_and_once_however_often_it_is_published(tmp_path: Path) -> None:
    for _ in range(2):
        write_decisions(tmp_path, RUN, [chapter(Action.HOLD), chapter(Action.CONTINUE, moment="t_minus_10")])
    assert len(written(tmp_path)) == 2
    assert not any(label["name"] in ("epic", "feature") for result in written(tmp_path) for label in result["labels"])


def test_a_moment_that_is_undecided_has_none(tmp_path: Path) -> None:
    write_decisions(tmp_path, RUN, [replace(chapter(Action.HOLD), decision=None)])
    assert written(tmp_path) == []
    assert report_name(RUN, None) == "undecided, v20261124.1"


def test_the_reports_name_is_the_decision() -> None:
    assert report_name(RUN, chapter(Action.ROLLBACK)) == "ROLLBACK at stage_50, v20261124.1"


def test_a_secret_in_the_reason_is_masked(tmp_path: Path) -> None:
    write_decisions(tmp_path, RUN, [chapter(Action.HOLD, reason=f"{SECRET} refused")])
    assert SECRET not in json.dumps(written(tmp_path))
