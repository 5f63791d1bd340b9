"""The suite is a checkout: an installation brings what it needs, and nothing that another package could overwrite."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
BUILD = "import sys; from setuptools import build_meta as build; print(getattr(build, sys.argv[1])(sys.argv[2]))"


@pytest.fixture
def checkout(tmp_path):
    """As much of a checkout as decides what is installed: the settings, and each folder with its first module."""
    copy = tmp_path / "checkout"
    for pattern in ("*.*", "LICENSE", "*/__init__.py", "*/test_*"):
        for file in filter(Path.is_file, PROJECT.glob(pattern)):
            (copy / file.relative_to(PROJECT)).parent.mkdir(parents=True, exist_ok=True)
            (copy / file.relative_to(PROJECT)).write_bytes(file.read_bytes())
    assert {"ramp", "conduct", "fixtures", "load", "reports"} <= {folder.name for folder in copy.iterdir()}
    return copy


def built(checkout: Path, how: str) -> zipfile.ZipFile:
    argv = [sys.executable, "-c", BUILD, how, str(checkout.parent)]
    ended = subprocess.run(argv, cwd=checkout, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return zipfile.ZipFile(checkout.parent / ended.stdout.splitlines()[-1])


def test_a_wheel_holds_what_the_suite_is_and_needs_and_no_module(checkout):
    with built(checkout, "build_wheel") as wheel:
        outside = [name for name in wheel.namelist() if ".dist-info/" not in name]
        (metadata,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        assert "Requires-Dist: pytest" in wheel.read(metadata).decode()

    assert outside == []


def test_an_editable_installation_puts_no_folder_of_the_suite_on_the_path(checkout):
    """`pip install -e .`: a package called `fixtures` or `load` that is installed later overwrites nothing of ours, and
    ours hides no other's."""
    with built(checkout, "build_editable") as wheel:
        told = {name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" not in name}

    assert all(name.startswith("__editable__") for name in told), told.keys()
    assert not [name for name, text in told.items() if str(checkout) in text]


@pytest.mark.parametrize("module", ["ramp", "conduct", "fixtures", "load"])
def test_a_foreign_package_of_the_same_name_is_never_ours(tmp_path, module):
    """The checkout comes first for pytest and for `python -m ramp`, whatever is installed beside it."""
    (tmp_path / module).mkdir()
    (tmp_path / module / "__init__.py").write_text(f"raise SystemExit('{module} of somebody else')")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    pytest_itself = str(Path(sys.executable).with_name("pytest"))

    for argv in (
        [sys.executable, "-m", "ramp", "matrix", f"--run={tmp_path}"],
        [pytest_itself, "-q", "--collect-only", "-p", "no:cacheprovider", "tests/load/test_arrivals.py"],
    ):
        ended = subprocess.run(
            argv, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert "somebody else" not in ended.stdout + ended.stderr
        assert ended.returncode == 0, ended.stderr
