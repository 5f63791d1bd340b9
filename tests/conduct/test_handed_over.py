"""What pytest hands over to the conductor: masked, and never that of an earlier run or of somebody else."""

import json
import os
from types import SimpleNamespace

from conduct.handed_over import forget_verdicts, hand_over, read_facts, read_verdicts
from conduct.lease import is_held
from conduct.under_pytest import Controller
from ramp.decision import Action
from ramp.facts import of_prewarm
from ramp.probes import Prewarmed
from ramp.verdict import Colour, Verdict
from tests.samples import untagged

ME = os.getpid()
GONE = ME + 1
RED = Verdict(check="share", moment="stage_10", colour=Colour.RED, why="says kingfisher", notes=("kingfisher",))


def test_verdicts_are_read_back_without_the_secrets_that_the_run_knows(tmp_path):
    hand_over(tmp_path, "stage_10", [RED], [], ("kingfisher",), ME)

    read = read_verdicts(tmp_path, "stage_10")
    assert [*map(untagged, (read["share"].why, *read["share"].notes))] == ["says [TOKEN]", "[TOKEN]"]
    assert "kingfisher" not in (tmp_path / "verdicts" / f"stage_10.{ME}.json").read_text()
    assert read_verdicts(tmp_path, "stage_25") == {}


def test_what_was_handed_over_before_is_forgotten(tmp_path):
    """A conductor never reads the verdicts of an earlier run for one that died."""
    (tmp_path / "verdicts").mkdir()
    green = {"check": "share", "moment": "stage_10", "colour": "GREEN", "why": "fine", "unit": ""}
    (tmp_path / "verdicts" / f"stage_10.{ME}.json").write_text(json.dumps([green]))
    assert read_verdicts(tmp_path, "stage_10")

    forget_verdicts(tmp_path, "stage_10")

    assert read_verdicts(tmp_path, "stage_10") == {}


def test_what_is_handed_over_to_another_conductor_speaks_for_none_of_this_one(tmp_path):
    """Checks outlive a conductor that was killed, and may come to their end after those that the next one began."""
    fact = of_prewarm("stage_10", [], None)
    hand_over(tmp_path, "stage_10", [RED], [fact], (), GONE)
    assert read_verdicts(tmp_path, "stage_10") == {}
    assert read_facts(tmp_path, "stage_10") == []

    forget_verdicts(tmp_path, "stage_10")
    assert not [*(tmp_path / "verdicts").iterdir()]


def test_checks_whose_conductor_is_gone_conclude_nothing_in_its_stead(rehearsed, tmp_path):
    """They take no lease, which the next conductor needs, and write nothing into the journal."""
    run, config = rehearsed(secrets={}), SimpleNamespace(option=SimpleNamespace(allure_report_dir=str(tmp_path)))
    session = SimpleNamespace(exitstatus=0)
    checks = Controller(config, run, ["go_plus_30"], conducted_by=GONE)
    checks.pytest_collection()
    assert not is_held(run.folder)

    checks.pytest_sessionfinish(session, 0)
    assert session.exitstatus == Action.HOLD.exit_code
    assert not (run.folder / "journal.jsonl").exists()
    assert [file.name for file in (run.folder / "verdicts").glob("*[0-9].json")] == [f"go_plus_30.{GONE}.json"]


def test_half_a_file_is_no_verdict(tmp_path):
    """Of a pytest that was killed while it wrote: every check is lost, and the conductor goes on to say so."""
    hand_over(tmp_path, "stage_10", [RED], [], (), ME)
    file = tmp_path / "verdicts" / f"stage_10.{ME}.json"
    whole = file.read_text()

    for end in range(len(whole)):
        file.write_text(whole[:end])
        assert read_verdicts(tmp_path, "stage_10") == {}
    file.write_text("[{}, 1]")
    assert read_verdicts(tmp_path, "stage_10") == {}


def test_what_was_found_is_handed_over_masked_and_half_a_file_is_nothing(tmp_path):
    fact = of_prewarm("t_minus_10", [Prewarmed(path="/courses/kingfisher", status=200, hit=True, said="hit")], 0.9)
    hand_over(tmp_path, "t_minus_10", [], [fact], ("kingfisher",), ME)
    (found,) = read_facts(tmp_path, "t_minus_10")
    assert (found.check, found.found.warm_ratio, found.found.hit_ratio) == ("prewarm", 1.0, 0.9)
    assert "kingfisher" not in found.found.pages[0].path
    file = tmp_path / "verdicts" / f"t_minus_10.{ME}.facts.json"
    file.write_text(file.read_text()[:-9])
    assert read_facts(tmp_path, "t_minus_10") == []
    forget_verdicts(tmp_path, "t_minus_10")
    assert not file.exists()
