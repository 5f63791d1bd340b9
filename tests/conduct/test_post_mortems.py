"""A post-mortem is drafted once a rollback, also where nothing can be posted and no recording is left."""

import json

import pytest

from conduct.journal import Journal
from conduct.post_mortems import draft_post_mortem
from conduct.words import say
from ramp.happened import Word
from reports.journal import read
from tests.journals import NOON, begin
from tests.releases import ramp

ZERO = {
    "proven": True, "after_s": 1.4, "last_canary_s": 0.6, "resolution_s": 0.1, "asked_again": 9, "others": 2, "why": "",
}  # fmt: skip


@pytest.fixture
def drafted(rehearsed, plan):
    """`drafted(rollbacks)`: a run with so many of them, each drafted twice, and what its journal says was posted."""
    run = rehearsed(secrets={})

    def times(rollbacks):
        with Journal(run.folder) as journal:
            begin(journal, plan)
            for _ in range(rollbacks):
                journal.append("rolled_back", NOON, moment="stage_10", said="-", order_s=0.2, claim=None, zero=ZERO)
                for _ in "twice":
                    draft_post_mortem(run, journal)
        return run.folder, [record for record in read(run.folder) if record["kind"] == "thread_card"]

    return times


def test_it_is_written_although_nothing_can_be_posted(drafted):
    folder, (told,) = drafted(1)
    assert told["posted"] is False and told["why"]
    said = (folder / "post-mortem.md").read_text("utf-8")
    assert said.startswith("# Post-mortem of v20261124.1, rolled back at stage_10 (draft)")
    assert "+ 1.4 s: zero was proven" in said and "cannot be judged again" in said


def test_who_typed_rollback_stands_there_although_no_conductor_heard_it_yet(drafted, tmp_path):
    say(tmp_path, Word.ROLLBACK, "lee")
    words = tmp_path / "words.jsonl"
    words.write_text(words.read_text("utf-8") + "no word\n", "utf-8")
    folder, _ = drafted(1)
    assert " lee: ROLLBACK, by a command\n" in (folder / "post-mortem.md").read_text("utf-8")


@pytest.mark.parametrize("rollbacks", [0, 2])
def test_there_is_one_for_each_rollback(drafted, rollbacks):
    folder, told = drafted(rollbacks)
    assert len(told) == rollbacks and (folder / "post-mortem.md").exists() is bool(rollbacks)


def test_where_no_file_can_be_written_the_draft_is_told_all_the_same(drafted, tmp_path):
    (tmp_path / "post-mortem.md").mkdir()
    _, (told,) = drafted(1)
    assert "zero was proven" in told["text"]


@pytest.mark.parametrize(("minutes", "users"), [(9, "2,250"), (0, "not known")])
def test_what_the_canary_did_is_told_from_its_first_look_to_its_last_and_of_one_nothing(
    drafted, plan, tmp_path, minutes, users
):
    seen = ramp(plan, "stage_10", minutes + 1)[2:]
    lines = [json.dumps(each.record()) for each in seen[: 2 * (minutes + 1)]]
    (tmp_path / "observations.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    folder, _ = drafted(1)
    assert f"- users who met it, by its own counter: {users}\n" in (folder / "post-mortem.md").read_text("utf-8")
