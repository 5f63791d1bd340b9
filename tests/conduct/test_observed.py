"""The notes of what was observed: read back as they were written, and damaged ones are said, never raised through."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conduct.observed import Note, note, read_notes
from ramp.observation import NoEvidence
from ramp.verdict import Trigger

NOTE = Note(as_of=datetime(2026, 1, 5, 8, 15, 0, 7, tzinfo=UTC), problem=None, sources=("a page answered 503",))


def test_a_note_is_read_back_beside_the_others(tmp_path):
    file = tmp_path / "observed.json"
    assert read_notes(file) == {}
    note(file, "stage_1", NOTE)
    later = replace(NOTE, problem="load ended", fired=Trigger.F2)
    note(file, "stage_10", later)
    assert read_notes(file) == {"stage_1": NOTE, "stage_10": later}
    assert [one.name for one in tmp_path.iterdir()] == ["observed.json"]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"stage_1": {}}',
        b'{"stage_1": {"as_of": "2026-01-05", "problem": 1, "sources": [], "fired": null}}',
        b'{"stage_1": {"as_of": "2026-01-05T08:00:00Z", "problem": null, "sources": [], "fired": "F9"}}',
    ],
)
def test_damaged_notes_are_no_data_and_the_next_note_mends_the_file(tmp_path, damaged):
    file = tmp_path / "observed.json"
    file.write_bytes(damaged)
    with pytest.raises(NoEvidence, match="is damaged: observe again"):
        read_notes(file)
    note(file, "stage_10", NOTE)
    assert read_notes(file) == {"stage_10": NOTE}
