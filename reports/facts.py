"""What probes found, read from a journal: numbers for cards and pages, which need no sentence of a verdict for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from ramp.facts import Fact, Found


def facts(records: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], Found]:
    """The last that each check found, by moment and check. Raises ValueError for a record that is none."""
    read = (Fact.from_record(record) for record in records if record["kind"] == "fact")
    return {(fact.moment, fact.check): fact.found for fact in read}
