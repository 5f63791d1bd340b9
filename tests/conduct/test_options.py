"""What is typed wrong is one line with what to type instead, and status 4, for every command."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.options import address, count, number
from conduct.run import PLAN_FILE, load_release
from conduct.run_folder import must_be_there, must_be_usable, must_have_been_observed
from conduct.selected import must_be_known, must_select, nothing_judged
from ramp.__main__ import COMMANDS, main
from ramp.validation import Invalid

NUMBERS = ["0", "-1", "nan", "inf", "-inf", "1e999", "x", "", "1e-9"]


@pytest.mark.parametrize("command", [*COMMANDS, "rehearce"])
def test_a_word_that_no_command_knows_names_the_nearest(command, capsys):
    needed = ["--moment=stage_1"] if command == "observe" else []

    assert main([command, *needed, "--hlp", "60"]) == 4

    (said,) = [line for line in capsys.readouterr().err.splitlines() if "Did you mean" in line]
    assert "'rehearse'" in said if command == "rehearce" else "'--help'" in said


@pytest.mark.parametrize("given", NUMBERS)
@pytest.mark.parametrize("of", ["rehearse --speed", "load --seconds", "load --per-s", "load --workers", "power --rps"])
def test_a_number_that_is_none_is_refused_in_one_line(of, given, capsys):
    command, option = of.split()

    assert main([command, f"{option}={given}"]) == 4

    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"{option}: '{given}' should be a ") and f"for example {option} " in said


@given(st.floats() | st.integers(), st.text(max_size=8))
def test_a_number_is_read_or_refused_and_nothing_else(value, text):
    """Whatever is typed, also the other scripts' digits."""
    for typed in (str(value), text):
        for read in (number("--n", 0.5, 9, 1), count("--n", 9)):
            with suppress(Invalid):
                assert 0.5 <= read(typed) <= 9


@pytest.mark.parametrize("typed", ["x", ":1", "host:", "host:0", "host:65536", "host:x", "5557", "host:1_0"])
def test_an_address_without_host_or_port_is_refused(typed):
    with pytest.raises(Invalid, match="should be HOST:PORT, for example --bind"):
        address("--bind")(typed)
    assert address("--bind")("10.0.0.1:5557") == "10.0.0.1:5557"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder with two runs in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("20261126T191500Z-ab12", "20261126T201500Z-cd34"):
        (tmp_path / "runs" / "v1" / name).mkdir(parents=True)
        (tmp_path / "runs" / "v1" / name / "journal.jsonl").touch()
    return tmp_path / "runs"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("runs/v1/20261126T191500Z-ab13", "there is no run .*Did you mean 'runs/v1/20261126T191500Z-ab12'?"),
        ("runs/v1", "no run is in runs/v1.*newest: --run=runs/v1/2026"),
        ("runs", "no run is in runs"),
        ("runs/v1/20261126T191500Z-ab12/journal.jsonl", "is a file; name a run's folder"),
    ],
)
def test_a_folder_that_is_no_runs_names_the_nearest_run(runs, typed, said):
    """Not a new run beside the one that was meant."""
    with pytest.raises(Invalid, match=said):
        must_be_usable(runs.parent / typed if typed.endswith("l") else type(runs)(typed))


def test_a_run_and_a_new_folder_and_an_empty_one_are_fine(runs):
    """Only what reads a run asks that it is there."""
    (runs.parent / "empty").mkdir()
    for folder in (runs / "v1" / "20261126T191500Z-ab12", runs.parent / "new", runs.parent / "empty"):
        must_be_usable(folder)
    with pytest.raises(Invalid, match=r"there is no run .*new"):
        must_be_there(runs.parent / "new")


@pytest.mark.parametrize("command", ["matrix", "publish", "recover", "power"])
def test_what_reads_a_run_makes_none(command, capsys, tmp_path):
    assert main([command, f"--run={tmp_path / 'TYPO'}"]) == 4

    assert "there is no run" in capsys.readouterr().err and not (tmp_path / "TYPO").exists()


def test_a_stage_of_a_real_target_is_judged_where_it_was_observed(on_real, plan, tmp_path):
    """Twelve checks without data would only say the same."""
    facts = load_release(PLAN_FILE.parents[1] / "release.toml", plan, []).model_copy(update={"target": "real"})
    run = on_real(facts, plan, tmp_path / "TYPO")

    with pytest.raises(Invalid, match="python -m ramp observe --moment stage_1"):
        must_have_been_observed(run, ["stage_1"])
    must_have_been_observed(run, ["t_minus_10"])


def test_a_moment_is_known_or_its_nearest_is_named(plan):
    """In an expression too, and where a moment is asked for that no other can be."""
    moments = [moment.id for moment in plan.moments]
    with pytest.raises(Invalid, match=r"Did you mean 't_minus_10'\? Type: pytest -m t_minus_10\."):
        must_be_known("t-minus-10", ["t-minus-10"], [*moments, "check"], moments)
    must_be_known("stage_1 and check", ["stage_1", "check"], [*moments, "check"], moments)
    with pytest.raises(Invalid, match="-m 'stage_1 or stage_10'"):
        must_select("stage_1 and stage_10", ["stage_1", "stage_10"], [], moments)
    assert nothing_judged(plan, ["caps"], "").endswith("nothing was judged at caps: HOLD")


@pytest.mark.parametrize("option", ["release", "plan"])
def test_a_byte_order_mark_is_said(option, tmp_path, capsys):
    """As an editor of Windows writes it."""
    file = tmp_path / "file.toml"
    file.write_text("\ufeff")

    assert main(["matrix", f"--{option}={file}"]) == 4

    assert "begins with a byte-order mark (BOM); save it as UTF-8 without one" in capsys.readouterr().err


def test_a_byte_order_mark_of_a_recording_is_said(tmp_path, capsys):
    file = tmp_path / "observations.jsonl"
    file.write_text('\ufeff{"at":"2026-11-24T08:00:00Z"}\n')

    assert main(["power", str(file)]) == 10

    assert "line 1: begins with a byte-order mark (BOM)" in capsys.readouterr().err
