"""The decisions of a run as results of their own, so that Allure's first line is what was decided and not a share of
checks that passed: a ROLLBACK has most of its checks GREEN."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ramp.decision import Action
from ramp.privacy.masking import scrub
from reports.journal import Chapter


def write_decisions(results: Path, run: Mapping[str, Any], chapters: Iterable[Chapter]) -> None:
    """One result a decided moment: passed for CONTINUE, failed for all else. Writing them again changes nothing."""
    results.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        if chapter.decision is not None:
            result = _result(run, chapter)
            (results / f"{result['uuid']}-result.json").write_text(json.dumps(result), "utf-8")


def report_name(run: Mapping[str, Any], chapter: Chapter | None) -> str:
    """`ROLLBACK at stage_50, v20261124.1`: the report's own name says what was decided last."""
    if chapter is None or chapter.decision is None:
        return f"undecided, {run['version']}"
    return f"{chapter.decision.action} at {chapter.moment}, {run['version']}"


def _result(run: Mapping[str, Any], chapter: Chapter) -> dict[str, Any]:
    assert chapter.decision is not None
    decision, at_ms = chapter.decision, round(datetime.fromisoformat(chapter.at_utc).timestamp() * 1000)
    said = scrub(decision.reason)
    passed = decision.action is Action.CONTINUE
    history = f"shiproom.decision.{chapter.moment}"
    labels = {"story": chapter.moment, "severity": "blocker"}
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run['run_id']}/{chapter.moment}")),
        "historyId": hashlib.md5(history.encode(), usedforsecurity=False).hexdigest(),
        "name": f"{decision.action} at {chapter.moment}: {said}",
        "fullName": history,
        "status": "passed" if passed else "failed",
        "statusDetails": {} if passed else {"message": f"{decision.action}: {said}"},
        "stage": "finished",
        "description": scrub(f"{decision.reason}\n\nNext: {decision.next_step}"),
        "labels": [{"name": name, "value": value} for name, value in labels.items()],
        "start": at_ms,
        "stop": at_ms,
    }
