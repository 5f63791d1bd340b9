"""The kinds of records of what is done about a release: mitigations while it runs, the close-out after it."""

from collections.abc import Mapping

from ramp.record_rows import CloseStep, Kind, Number

AFTERWARDS: Mapping[str, Kind] = {
    "mitigation_ordered": Kind(
        says="A mitigation that a look recommends: `acts` says whether its commands run.",
        fields={"moment": str, "of": str, "check": str, "why": str, "before": Number, "acts": bool},
    ),
    "mitigated": Kind(
        says="What the commands of a mitigation came to.", fields={"moment": str, "of": str, "said": str}
    ),
    "mitigation_effect": Kind(
        says="The gate's value before a mitigation, and 10 minutes after it.",
        fields={"moment": str, "of": str, "before": Number, "after": Number},
    ),
    "close_ordered": Kind(
        says="A step of the close-out that is about to have its effect: one of `ramp/close.py`.",
        fields={"step": CloseStep},
    ),
    "close_done": Kind(says="A step of the close-out that had its effect.", fields={"step": CloseStep, "said": str}),
    "cohorts_seen": Kind(
        says="An export of what users did, of which the figures of the cohort review are: users by slice.",
        fields={"sha256": str, "days": int, "users": dict[str, int], "left_out": int},
    ),
}
