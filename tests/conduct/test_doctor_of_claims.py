"""What doctor says of commands and pages that could merely claim: the restore drill and the target's caps."""

import json

import pytest

from conduct import doctor
from conduct.run import load_plan
from ramp.caps_rows import CapsCommand
from ramp.drills import RestoreCommand
from ramp.privacy.masking import scrub
from ramp.release import Release
from ramp.target import ScrapeEndpoint, Target

NOWHERE = "http://127.0.0.1:9"
OWNERS = {"count_max": 100, "amount_cents_max": 2000, "total_cents_max": 150_000}


@pytest.fixture
def found(on_real, tmp_path):
    """`found("restore", restore=...)`: what is said of it on a real target of which nothing else answers."""

    def find(what, **rows):
        target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),), **rows)
        release = Release(version="v20261124.1", commit="a" * 40, target="real", real=target)
        (finding,) = [each for each in doctor.findings(on_real(release, load_plan(), tmp_path)) if each.what == what]
        return finding.works, finding.said

    return find


def drill(**row):
    return RestoreCommand(argv=("true",), **row)


def test_a_drill_that_nobody_reads_back_is_configured_and_will_be_yellow(found):
    works, said = found("restore", restore=drill())

    assert works and "YELLOW at T-10" in said and "source_dsn_env" in said


def test_a_source_that_is_not_set_or_cannot_be_reached_is_said_without_its_address(found, monkeypatch):
    """The drill would not write there at T-10."""
    assert found("restore", restore=drill(source_dsn_env="SOURCE")) == (
        False,
        "the environment variable SOURCE is not set",
    )
    monkeypatch.setenv("SOURCE", "postgresql://drill:hunter2@127.0.0.1:9/shop")
    works, said = found("restore", restore=drill(source_dsn_env="SOURCE"))
    assert not works and said.startswith("SOURCE: ") and "hunter2" not in said


def test_what_a_command_tells_of_the_source_is_masked(on_real, tmp_path, monkeypatch):
    """The address, and the password by itself, whatever the command makes of it."""
    monkeypatch.setenv("SOURCE", "postgresql://drill:hunter2%21@127.0.0.1:9/shop")
    monkeypatch.setenv("RESTORED", "postgresql://[half")
    row = drill(source_dsn_env="SOURCE", restored_dsn_env="RESTORED")
    target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),), restore=row)
    release = Release(version="v20261124.1", commit="a" * 40, target="real", real=target)

    secrets = on_real(release, load_plan(), tmp_path).site.secrets

    told = "hunter2! was refused (hunter2%21, postgresql://drill:hunter2%21@127.0.0.1:9/shop)"
    assert "hunter2" not in scrub(told, secrets)


@pytest.mark.parametrize(
    ("says", "row", "works", "told"),
    [
        (
            OWNERS,
            {},
            True,
            "says that it enforces 100 payments, $20.00 each, $1,500.00 in all, and no",
        ),
        (OWNERS, {"trial_url": f"{NOWHERE}/trial"}, True, f"{NOWHERE}/trial is offered one over them with --act"),
        (OWNERS | {"count_max": 101}, {}, False, "configured with count_max 101 instead of 100"),
        ("fine", {}, False, "does not say the caps as JSON"),
    ],
)
def test_what_a_target_says_of_its_caps_is_read_and_nothing_is_offered(found, says, row, works, told):
    caps = CapsCommand(argv=("echo", json.dumps(says) if isinstance(says, dict) else says), **row)

    fine, said = found("caps", caps=caps)

    assert fine is works and told in said
