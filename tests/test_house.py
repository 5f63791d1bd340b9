"""The house keeps its own rules: who may import whom, how large files grow, and what checks may not do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
FOLDERS = ("ramp", "conduct", "fixtures", "checks", "load", "reports")
MAY_IMPORT = {
    "ramp": {"ramp"},
    "conduct": {"ramp", "conduct", "fixtures", "load", "reports"},
    "fixtures": {"ramp", "fixtures", "conduct"},  # conduct: pytest_fixtures.py only
    "load": {"ramp", "fixtures", "load"},
    "reports": {"ramp", "fixtures", "reports"},
    "checks": {"ramp", "fixtures", "checks"},
}
IO_MODULES = {"os", "pathlib", "subprocess", "socket", "requests", "time", "sqlite3", "psycopg", "pytest", "shutil"}
LINES_MAX = 360


def sources(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_point_inwards(folder):
    """ramp knows nobody, fixtures know ramp, reports know both; only ramp/__main__.py composes."""
    ours = set(FOLDERS)
    for file in sources(folder):
        if file == PROJECT / "ramp" / "__main__.py":
            continue
        outside = {name for name in imports(file) if name.split(".")[0] in ours - MAY_IMPORT[folder]}
        assert not outside, f"{file.relative_to(PROJECT)} imports {outside}"


def test_reports_do_not_know_the_rehearsal_itself():
    """Reports read journals; which system was judged must make no difference to them."""
    for file in sources("reports"):
        known = {name for name in imports(file) if name.startswith("fixtures.rehearsal")}
        assert known <= {"fixtures.rehearsal.running.RehearsalFailed"}, file.name


def test_ramp_is_pure():
    """No I/O, no clock, no pytest in ramp/: time, files and numbers come in as arguments."""
    for file in sources("ramp"):
        if file.name != "__main__.py":
            used = {name.split(".")[0] for name in imports(file)} & IO_MODULES
            assert not used, f"{file.relative_to(PROJECT)} imports {used}"
            assert "datetime.now" not in file.read_text("utf-8"), file.name


def test_locust_never_enters_the_pytest_process():
    """Imported after `ssl` it would break every TLS connection of the session."""
    for folder in ("ramp", "fixtures", "checks", "reports"):
        for file in sources(folder):
            assert not {name for name in imports(file) if name.split(".")[0] in ("locust", "gevent")}, file.name


def test_checks_never_skip():
    """A skip leaves the pass rate's denominator: what cannot be judged is NO DATA."""
    for file in sources("checks"):
        text = file.read_text("utf-8")
        assert not [word for word in ("skip", "xfail", "importorskip", "sleep") if word in text], file.name


@pytest.mark.parametrize("folder", [*FOLDERS, "tests"])
def test_files_stay_small(folder):
    """A file that outgrows a few screens holds more than one concept."""
    grown = {str(file.relative_to(PROJECT)): lines(file) for file in sources(folder) if lines(file) > LINES_MAX}
    assert not {name: count for name, count in grown.items() if folder != "tests"}


def lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())
