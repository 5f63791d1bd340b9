"""The drill of gates: what has its result stays, and only what led to what it must is as it should be."""

import json
from pathlib import Path

import pytest

from conduct.detecting import digest_of, speed_of
from conduct.gate_drill import FILE, GateDrill, read
from fixtures.rehearsal.faults import scenario, scenarios
from ramp.__main__ import main
from ramp.detection import Detection, Expected, left_s
from ramp.validation import Invalid


def result(plan, name, **changes):
    """A result that is as it must be, but for `changes`."""
    of = scenario(name)
    must = of.expected.model_dump(exclude={"moment"})
    rolled_back = of.expected.decision == "ROLLBACK"
    row = {
        "name": name, "says": of.says, "moment": of.expected.moment, "digest": digest_of(plan, of, speed_of(of)),
        "must": must, "came": must, "detected_min": 7.0, "zero_s": 1.5 if rolled_back else None, "took_s": 14.0,
    }  # fmt: skip
    return row | changes


@pytest.fixture
def written(plan, tmp_path):
    """`written("slow_canary", ...)`: a drill's folder with these results."""

    def write(*rows):
        told = [row if isinstance(row, dict) else result(plan, row) for row in rows]
        (tmp_path / "drill").mkdir()
        (tmp_path / "drill" / FILE).write_text(json.dumps({"at_utc": "2026-11-24T08:00:00+00:00", "scenarios": told}))
        return tmp_path / "drill"

    return write


def drilled(folder, *only):
    return main(["rehearse", "--drill", f"--run={folder}", *(f"--only={name}" for name in only)])


def nothing_is_rehearsed(*_):
    raise AssertionError("it was rehearsed again")


def test_what_has_its_result_is_not_rehearsed_again_and_the_matrix_shows_it(written, capsys):
    folder = written("slow_canary", "cards_declined")
    assert drilled(folder, "slow_canary", "cards_declined") == 0
    said = capsys.readouterr().out
    assert "2 scenarios, 2 of them done before; about 0 s in all" in said
    assert "2 of 2 scenarios led to what they must" in said and "RED F1" in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"zero_s": None},
        {"came": {"decision": "HOLD", "check": "latency", "verdict": "RED", "trigger": "F1"}},
        {"came": {"decision": "ROLLBACK", "check": "latency", "verdict": "RED", "trigger": "F2"}},
        {"came": {"decision": "ROLLBACK", "check": "latency", "verdict": "YELLOW", "trigger": "F1"}},
        {"came": {"decision": "ROLLBACK", "check": "latency", "verdict": None, "trigger": None}},
    ],
)
def test_a_fault_that_did_not_lead_to_what_it_must_is_exit_status_10(written, plan, capsys, wrong):
    folder = written(result(plan, "slow_canary", **wrong), "cards_declined")
    assert drilled(folder, "slow_canary", "cards_declined") == 10
    assert "not: slow_canary" in capsys.readouterr().out


def test_a_result_of_other_rules_another_plan_or_another_speed_is_none(written, plan):
    folder = written(result(plan, "slow_canary", digest="0" * 64))
    drill = GateDrill(folder, plan, ["slow_canary"], nothing_is_rehearsed, None)
    with pytest.raises(AssertionError, match="rehearsed again"):
        drill.drill([], lambda said: None, lambda *of: None)
    shorter = plan.model_copy(update={"reading": plan.reading.model_copy(update={"warm_up_min": 1.0})})
    of = scenario("slow_canary")
    assert len({digest_of(plan, of, 180), digest_of(shorter, of, 180), digest_of(plan, of, 90)}) == 3
    assert digest_of(plan, of, 180) != digest_of(plan, scenario("canary_errors"), 180)


def test_a_rehearsal_that_came_to_nothing_is_tried_again(written, plan):
    folder = written(result(plan, "slow_canary", problem="the rehearsal did not start"))
    drill = GateDrill(folder, plan, ["slow_canary"], nothing_is_rehearsed, None)
    assert [row.held for row in drill.rows] == [False]
    with pytest.raises(AssertionError, match="rehearsed again"):
        drill.drill([], lambda said: None, lambda *of: None)


def test_without_only_the_drill_is_the_whole_list_of_scenarios(plan, tmp_path):
    assert GateDrill(tmp_path / "new", plan, [], nothing_is_rehearsed, None).count == len(scenarios())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"scenarios": [{"name": "x"}]}', '{"scenarios": 3}', "\ud800"])
def test_a_file_that_holds_no_results_is_one_sentence(tmp_path, text):
    (tmp_path / FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Invalid, match="holds no results of a drill"):
        read(tmp_path)


def test_what_was_typed_wrong_is_one_sentence_and_changes_nothing(tmp_path, capsys):
    (tmp_path / "else.txt").write_text("kept")
    assert drilled(tmp_path) == 4
    assert drilled(tmp_path / "new", "slow_canry") == 4
    assert main(["rehearse", "--only", "slow_canary"]) == 4
    assert main(["rehearse", "--drill", "--scenario", "slow_canary"]) == 4
    said = capsys.readouterr().err
    for part in ("is no folder of a drill", "slow_canary", "type --drill too", "--only slow_canary"):
        assert part in said
    assert [file.name for file in tmp_path.iterdir()] == ["else.txt"]


def test_what_is_left_is_expected_by_how_long_the_done_ones_took():
    stage, quick = Expected(15, 180), Expected(0, 180)
    assert left_s([], [stage, quick]) == stage.s + quick.s
    assert left_s([(2 * stage.s, stage)], [quick]) == 2 * quick.s
    assert left_s([(stage.s, stage)], []) == 0


def test_a_result_is_written_and_read_back_as_it_was(plan, tmp_path):
    (tmp_path / FILE).write_text(json.dumps({"scenarios": [result(plan, "slow_canary") | {"held": True}]}))
    (row,) = read(Path(tmp_path))
    assert row == Detection.model_validate(result(plan, "slow_canary"))
