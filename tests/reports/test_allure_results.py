"""Allure results, from a real pytest run: labelled, titled by the verdict, and without a secret in any file."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reports import allure_results
from tests.samples import untagged

ROOT = Path(allure_results.__file__).parents[1]
SECRET = "sk_live_sentinel0123456789"
CARD = "4242 4242 4242 4242"
KNOWN = "pager-routing-key-without-a-shape"
MASKED = "[TOKEN] [PAN] [TOKEN]"

CONFTEST = f"""
import pytest
from pathlib import Path
from ramp import directive, release as releases
from reports import allure_results
from tests.samples import untagged

plan = directive.parse(Path({str(ROOT / "ramp" / "plan.toml")!r}).read_text())
release = releases.Release(version="v20261124.1", commit="3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a")

@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    allure_results.install_masking(config, secrets=lambda: ({KNOWN!r},))

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    moment = item.callspec.params["at"] if hasattr(item, "callspec") else "stage_1"
    allure_results.label(plan, release, "latency", moment, item.function.__doc__)
    return (yield)
"""

CHECKS = f"""
import os
import allure, pytest
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Verdict
from reports import allure_results
from tests.samples import untagged

SECRETS = {SECRET!r} + " " + {CARD!r} + " " + {KNOWN!r}

@allure.step("paying with {{key}}")
def pay(key):
    allure.attach(key, name=f"receipt {{key}}", attachment_type=allure.attachment_type.TEXT)
    allure.attach(b"\\x89PNG\\x00" + bytes(range(256)), name="picture", attachment_type=allure.attachment_type.PNG)

def test_leaky(tmp_path):
    \"\"\"P95 holds.\"\"\"
    allure.dynamic.title(f"title {{SECRETS}}")
    allure.dynamic.parameter("key", SECRETS)
    pay(SECRETS)
    log = tmp_path / "log.txt"
    log.write_text(SECRETS)
    allure.attach.file(log, name="log", attachment_type=allure.attachment_type.TEXT)
    key = SECRETS
    assert key == "something else", f"with {{key}}"

@pytest.fixture
def broken():
    yield
    raise RuntimeError(SECRETS)

def test_breaks_at_the_end(broken):
    pass

@pytest.mark.parametrize("at", ["stage_1", "stage_10"])
def test_latency(at):
    \"\"\"P95 of the canary is at most 120 ms.\"\"\"
    value = float(os.environ["VALUE_S"])
    verdict = Verdict(check="latency", moment=at, colour=Colour.RED, why=f"P95 is high, {{SECRETS}}",
                      unit=Unit.SECONDS, value=value, limit=0.12, n=400, notes=("P50 61 ms",))
    allure_results.settle(verdict)
    pytest.fail(verdict.reason, pytrace=False)
"""


@pytest.fixture(scope="module", params=["0", "2"], ids=["-n 0", "-n 2"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a pytest run over CHECKS, with that many workers."""
    return run_checks(tmp_path_factory.mktemp("checks"), request.param, value_s="0.143")


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run that measured something else."""
    return run_checks(tmp_path_factory.mktemp("later"), "0", value_s="0.4")


def run_checks(folder: Path, workers: str, value_s: str) -> Path:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_tiny.py").write_text(CHECKS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    argv = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:locust", "-p", "no:cacheprovider"]
    argv += ["--allure-no-capture", f"--alluredir={folder / 'allure-results'}", "--rootdir", str(folder), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "VALUE_S": value_s}
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "3 failed, 1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    return folder / "allure-results"


def read(results: Path, kind: str = "result") -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in results.glob(f"*-{kind}.json")]


def test_no_file_holds_a_secret(written: Path) -> None:
    files = list(written.iterdir())
    assert len(files) >= 9
    for file in files:
        for sentinel in (SECRET, CARD, KNOWN):
            assert sentinel.encode() not in file.read_bytes(), file.name


def test_masked_files_still_belong_together(written: Path) -> None:
    leaky = next(result for result in read(written) if result["fullName"].endswith("test_leaky"))
    assert leaky["name"] == f"title {MASKED}"
    attached = {found["name"]: (written / found["source"]).read_bytes() for found in attachments_of(leaky)}
    assert attached["log"] == attached[f"receipt {MASKED}"] == MASKED.encode()
    assert attached["picture"] == b"\x89PNG\x00" + bytes(range(256))
    children = {child for container in read(written, "container") for child in container.get("children", [])}
    assert children and children <= {result["uuid"] for result in read(written)}


def attachments_of(item: dict[str, Any]) -> list[dict[str, str]]:
    return item.get("attachments", []) + [found for step in item.get("steps", []) for found in attachments_of(step)]


def test_a_result_says_verdict_number_and_limit_and_who_asked_for_it(written: Path) -> None:
    result = next(result for result in read(written) if ("feature", "stage_10") in labels_of(result))
    assert result["name"] == "RED latency 143 ms (limit 120 ms)"
    assert result["status"] == "failed"
    assert {("epic", "v20261124.1"), ("feature", "stage_10"), ("story", "latency"), ("severity", "critical"),
            ("tag", "A2"), ("tag", "E1"), ("verdict", "RED")} <= labels_of(result)  # fmt: skip
    assert result["description"].startswith("P95 of the canary is at most 120 ms.\n\n> A2: Auto-approve 50%→100% only")
    source = written / attachments_of(result)[0]["source"]
    assert source.read_text() == f"latency RED at stage_10: P95 is high, {MASKED}\n- P50 61 ms"


def labels_of(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(label["name"], label["value"]) for label in result["labels"]}


def test_the_history_of_a_check_goes_on_whatever_it_measures_and_is_its_own_at_each_moment(
    written: Path, later: Path
) -> None:
    def histories(results: Path) -> list[str]:
        return sorted(result["historyId"] for result in read(results) if "test_latency" in result["fullName"])

    assert histories(later) == histories(written)
    assert len(set(histories(later))) == 2


def test_the_context_of_a_run_says_what_ran_but_not_what_was_decided(tmp_path: Path) -> None:
    run = {"version": "v20261124.1", "commit": "3f9c", "target": "rehearsal", "scenario": f"a\nb=\\{SECRET}",
           "speed": 60, "run_id": "r1", "moments": ["stage_1"]}  # fmt: skip
    allure_results.write_context(tmp_path, run)
    assert untagged((tmp_path / "environment.properties").read_text()).splitlines() == [
        "version=v20261124.1", "commit=3f9c", "target=rehearsal", "scenario=a b= [TOKEN]", "speed=60", "run_id=r1",
    ]  # fmt: skip
    assert json.loads((tmp_path / "executor.json").read_text())["buildName"] == "r1"
    assert [category["name"] for category in json.loads((tmp_path / "categories.json").read_text())] == [
        "RED",
        "NO DATA",
    ]
