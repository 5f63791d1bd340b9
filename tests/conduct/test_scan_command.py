"""`python -m ramp scan`: where personal data stands in log files, never what it says."""

import gzip
import io
import json
import subprocess
import sys
import tracemalloc

import pytest

from fixtures.log_files import PIECE, searched
from ramp.__main__ import main

LEAK = "maria.lopez@example.org"


@pytest.fixture
def log(tmp_path):
    def write(content, name="app.log"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(file)

    return write


def scanned(capsys, *files):
    """The exit status, and the JSON objects that were printed."""
    status = main(["scan", "--json", *files])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_finding_is_a_json_object_with_its_place(capsys, log):
    line = f"ünïcode: sent to {LEAK} and SSN 123-45-6789"
    file = log(f"fine\n{line}\r\nfine")
    start = line.index(LEAK)

    status, told = scanned(capsys, file)

    assert status == 10
    assert told == [
        {"file": file, "line": 2, "start": start, "end": start + len(LEAK), "type": "EMAIL"},
        {"file": file, "line": 2, "start": len(line) - 11, "end": len(line), "type": "SSN"},
    ]


def test_the_value_is_never_shown(capsys, log):
    assert main(["scan", log(f"to {LEAK}\n")]) == 10

    said = capsys.readouterr()
    assert LEAK not in said.out + said.err
    assert "app.log:1:3-26 EMAIL (COPPA)" in said.out and "1 findings in 1 lines: EMAIL 1" in said.out


def test_a_child_under_13_and_the_laws_are_said(capsys, log):
    assert main(["scan", log("student_name=Zoë dob=2020-03-01\n")]) == 10

    said = capsys.readouterr().out
    assert "NAME (FERPA)" in said and "DOB (FERPA, COPPA: under 13)" in said


def test_clean_files_are_said_to_be(capsys, log):
    assert scanned(capsys, log("fine\n"), log("", "empty.log")) == (0, [])
    assert main(["scan", log("fine\n")]) == 0 and "0 findings in 1 lines" in capsys.readouterr().out


def test_a_compressed_file_is_read_whatever_its_name(capsys, log):
    file = log(gzip.compress(f"fine\nto {LEAK}\n".encode()), "app.log.1")

    assert scanned(capsys, file) == (10, [{"file": file, "line": 2, "start": 3, "end": 26, "type": "EMAIL"}])


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_a_file_too(packed):
    said = f"to {LEAK}\n".encode()
    command = [sys.executable, "-m", "ramp", "scan", "--json", "-"]
    ended = subprocess.run(
        command, input=gzip.compress(said) if packed else said, capture_output=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stderr) == (10, b"")
    assert json.loads(ended.stdout) == {"file": "-", "line": 1, "start": 3, "end": 26, "type": "EMAIL"}


def test_what_cannot_be_read_is_worse_than_a_finding(capsys, log, tmp_path):
    """The others are read nevertheless; what was found before a file broke off counts."""
    whole = gzip.compress(f"to {LEAK}\n".encode() * 20_000, compresslevel=0)
    torn, gone, leaking = log(whole[: len(whole) // 2], "torn.gz"), str(tmp_path / "gone.log"), log(f"{LEAK}\n")

    status, told = scanned(capsys, gone, torn, str(tmp_path), leaking)

    assert status == 4
    assert {each["file"] for each in told} == {torn, leaking}
    main(["scan", gone, torn])
    said = capsys.readouterr().err
    assert f"{gone} cannot be read" in said and "torn.gz cannot be read beyond line" in said and "Traceback" not in said


def test_bytes_that_are_no_text_hide_nothing_and_count_as_python_counts_them(capsys, log):
    raw = b"\xff\xfe\x00 \xc3\x28 " + LEAK.encode() + b"\x80\n\x00\x01\n"
    start = raw.decode("utf-8", "replace").index(LEAK)

    status, told = scanned(capsys, log(raw))

    assert (status, [(each["line"], each["start"]) for each in told]) == (10, [(1, start)])


@pytest.mark.parametrize("at", [PIECE - 10, PIECE, 2 * PIECE - 4_100, 3 * PIECE + 7])
def test_a_line_of_many_megabytes_is_read_in_parts_without_losing_or_doubling_what_stands_across_them(at):
    line = " " * at + LEAK + " " * (4 * PIECE - at) + "x\n" + LEAK
    found = [(number, one.start) for number, each in searched(io.BytesIO(line.encode())) for one in each]

    assert found == [(1, at), (2, 0)]


def test_a_long_line_needs_no_more_memory_than_a_few_parts_of_it():
    line = io.BytesIO(b" " * (16 * PIECE) + LEAK.encode())
    tracemalloc.start()
    found = [one.start for _, each in searched(line) for one in each]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == [16 * PIECE] and peak < 8 * PIECE


def test_help_has_examples(capsys):
    assert main(["scan", "--help"]) == 0
    assert "python -m ramp scan --json logs/*.log.gz" in capsys.readouterr().out
