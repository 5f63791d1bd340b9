"""The plan by which a run decides, as it stands in the run's journal."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ramp import directive
from ramp.plan import Plan
from ramp.privacy.masking import scrubbed
from ramp.validation import Invalid
from reports.chain import canonical, digest_of


def record_of(plan: Plan, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of its record: what it `says`, masked like all of the journal, and the `digest` of that."""
    says = scrubbed(plan.model_dump(mode="json"), secrets)
    return {"digest": digest_of(says), "says": says}


def plan_of(record: Mapping[str, Any]) -> Plan:
    """The plan of a record. Raises ValueError where it is none, or none that this version of the suite understands."""
    text = canonical(record["says"])
    if digest_of(record["says"]) != record["digest"]:
        raise ValueError("holds another plan than its digest is of")
    try:
        return _parsed(text)
    except Invalid as invalid:
        said = " ".join(invalid.problems).rstrip(".")
        raise ValueError(f"holds a plan that this version of the suite does not understand: {said}") from None


@lru_cache(maxsize=8)
def _parsed(text: bytes) -> Plan:
    return directive.from_table(json.loads(text), "the plan in the journal")
