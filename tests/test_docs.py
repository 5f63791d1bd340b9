"""The documents are true: commands exist, snippets parse, numbers are the plan's."""

import configparser
import json
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from fixtures.rehearsal.faults import scenarios
from fixtures.restore_command import Answer, Claim
from fixtures.restore_drill import RELEASE, TO_UTC
from fixtures.slack_scopes import NEEDED
from ramp import release
from ramp.approval import Approval
from ramp.decision import EVIDENCE_BROKEN_EXIT, Action
from ramp.drills import RestoreCommand
from ramp.plan import Plan
from ramp.posture import Posture
from ramp.published_page import PublishedPage
from ramp.target import LogFile
from ramp.validation import typed

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text("utf-8")
LOAD = (PROJECT / "docs" / "load.md").read_text("utf-8")
SOURCES = (PROJECT / "docs" / "sources.md").read_text("utf-8")
README_SNIPPET = re.compile(r'```toml\n(target = "real".*?)```', re.DOTALL)
RECORD = "known-record-7f3a9c21"
ARCHITECTURE = (PROJECT / "ARCHITECTURE.md").read_text("utf-8")


def test_what_is_to_be_filled_in_before_t0_is_a_release_file(plan: Plan):
    """As it stands in docs/ready.md, with a version, a commit and a target in front."""
    (snippet,) = re.findall(r"```toml\n(.*?)```", (PROJECT / "docs" / "ready.md").read_text("utf-8"), re.DOTALL)
    text = f'version = "v20261124.1"\ncommit = "{"a" * 40}"\n{snippet}'
    facts = release.parse(text, "release.toml", plan, ["go_plus_30", "go_plus_60"])
    assert facts.freezes and facts.repository and len(facts.monitors) == 3
    assert {"RUNBOOK_TOKEN", "DASHBOARD_CEO_TOKEN", "DASHBOARD_SRE_LEAD_TOKEN"} <= set(facts.secret_envs)


def test_every_tox_environment_that_a_document_names_exists():
    """`./toxw -e NAME` in the README is what a newcomer types first."""
    tox = configparser.ConfigParser()
    tox.read(PROJECT / "tox.ini")

    named = set(re.findall(r"toxw -e (\w+)", README))

    assert {"rehearsal", "tests", "publish"} <= named
    assert {f"testenv:{name}" for name in named} <= set(tox.sections())


def test_every_command_that_the_readme_lists_has_help():
    """And no command is left out of the list."""
    listed = re.findall(r"^\| `([\w-]+)[^`]*` \|", README.split("The commands of")[1], re.MULTILINE)
    help_text = subprocess.run(
        [sys.executable, "-m", "ramp", "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout

    assert listed
    assert set(re.findall(r"^    ([\w-]+)\b", help_text, re.MULTILINE)) == set(listed)


@pytest.mark.parametrize("action", list(Action))
def test_the_exit_statuses_of_the_readme_are_the_codes(action):
    """Pipelines branch on them."""
    assert re.search(rf"^\| {action.exit_code} \| {action}\b", README, re.MULTILINE)
    assert f"| {EVIDENCE_BROKEN_EXIT} | evidence broken" in README


def test_the_snippet_for_a_real_target_is_a_release_that_parses(plan: Plan):
    """What a user copies must not be refused for its form."""
    snippet = README_SNIPPET.search(README).group(1)
    facts = tomllib.loads((PROJECT / "release.toml").read_text("utf-8"))
    head = f'version = "{facts["version"]}"\ncommit = "{facts["commit"]}"\n'

    parsed = release.parse(head + snippet, "README.md", plan, [])

    assert parsed.real.restore.argv == ("/usr/local/bin/restore-drill",)


def test_the_posture_and_approval_that_are_shown_are_taken(plan: Plan):
    """Each as it stands in the document, beside this project's own release file."""
    text = (PROJECT / "docs" / "privacy.md").read_text("utf-8")
    shown = [tomllib.loads(found) for found in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    *logs, posture, rows, approval = shown
    facts = tomllib.loads((PROJECT / "release.toml").read_text("utf-8"))

    assert [typed(LogFile, log["real"]["logs"][0], "docs/privacy.md").record for log in logs] == [None, RECORD]
    assert typed(Posture, posture, "docs/privacy.md").under("COPPA") == ("date of birth",)
    security = typed(release.Release, facts | rows, "docs/privacy.md").security
    said = typed(Approval, approval, "docs/privacy.md")
    assert (said.by, said.sha256) == (security.sign_off_by, security.approved_sha256)
    assert said.expires_at_utc - said.signed_at_utc <= timedelta(hours=plan.probes.posture.lasts_h)


def test_the_restore_drill_that_is_shown_is_one_that_parses_and_an_answer_that_is_taken(plan: Plan):
    """Its row stands in a release file, and what its command prints proves or claims a restore."""
    text = (PROJECT / "docs" / "restore.md").read_text("utf-8")
    row = tomllib.loads(re.search(r"```toml\n(.*?)```", text, re.DOTALL).group(1))["real"]["restore"]
    proof, claim = (json.loads(found) for found in re.findall(r"```json\n(.*?)```", text, re.DOTALL))

    assert typed(RestoreCommand, row, "docs/restore.md").source_dsn_env
    assert typed(Answer, proof, "docs/restore.md").restored_dsn
    assert typed(Claim, claim, "docs/restore.md").verified
    for name in (RELEASE, TO_UTC):
        assert name in text


def test_the_manifest_of_the_slack_app_asks_for_the_scopes_that_are_needed():
    """Pasted as it stands, it makes a bot that may do all that the suite does, and no more."""
    text = (PROJECT / "docs" / "ship-room.md").read_text("utf-8")
    manifest = yaml.safe_load(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1))

    assert manifest["oauth_config"]["scopes"] == {"bot": list(NEEDED)}
    assert manifest["display_information"]["name"] and manifest["features"]["bot_user"]["display_name"]


def test_the_page_that_is_shown_to_be_copied_is_one_that_parses():
    """It stands in a release file as it is."""
    text = (PROJECT / "docs" / "ship-room.md").read_text("utf-8")
    shown = tomllib.loads(re.search(r"```toml\n(.*?)```", text, re.DOTALL).group(1))["page"]

    assert typed(PublishedPage, shown, "docs/ship-room.md").copy_argv[0] == "aws"


def test_scenarios_that_documents_name_exist():
    """`--scenario NAME` in a document can be typed as it stands."""
    named = set(re.findall(r"--scenario ([a-z_0-9]+)", README))

    assert named
    assert named <= set(scenarios())


def test_architecture_names_every_dependency():
    """Each dependency is chosen, so each has a line."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement).group()
        assert name in ARCHITECTURE, name


def test_the_snippet_for_load_is_a_release_that_parses(plan: Plan):
    """With a ceiling that the plan's own load stays below."""
    head = README_SNIPPET.search(README).group(1)
    snippet = re.search(r"```toml\n(\[real\.load\].*?)```", LOAD, re.DOTALL).group(1)
    facts = tomllib.loads((PROJECT / "release.toml").read_text("utf-8"))

    parsed = release.parse(
        f'version = "{facts["version"]}"\ncommit = "{facts["commit"]}"\n{head}\n{snippet}', "docs/load.md", plan, []
    )

    assert parsed.real.load.arrivals_per_s_max >= plan.load.per_s
    assert f"the plan brings {plan.load.per_s:g}" in LOAD


def test_options_that_the_page_on_load_names_exist():
    """Its commands can be typed as they stand."""
    help_text = subprocess.run(
        [sys.executable, "-m", "ramp", "load", "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^python -m ramp load (.*)", LOAD, re.MULTILINE)

    assert commands
    assert set(re.findall(r"--[\w-]+", " ".join(commands))) <= set(re.findall(r"--[\w-]+", help_text))


def test_the_snippet_for_series_is_a_release_that_parses(plan: Plan):
    """And drops what it says."""
    head = README_SNIPPET.search(README).group(1).split("[real.series]")[0]
    snippet = re.search(r"```toml\n(\[real\.series\].*?)```", SOURCES, re.DOTALL).group(1)
    facts = tomllib.loads((PROJECT / "release.toml").read_text("utf-8"))
    text = f'version = "{facts["version"]}"\ncommit = "{facts["commit"]}"\n{head}\n{snippet}'

    latency = release.parse(text, "docs/sources.md", plan, []).real.series["latency_s"]

    assert not latency.counts({"http_route": "/healthz"}) and latency.counts({"http_route": "/api"})


def test_links_lead_somewhere():
    """A file that a document links to is there."""
    for folder, document in ((PROJECT, README), (PROJECT, ARCHITECTURE), (PROJECT / "docs", LOAD)):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", document):
            assert (folder / target).exists(), target


def test_the_release_file_that_ships_is_complete_for_every_stage(plan: Plan):
    """A newcomer's first command must not ask for facts first."""
    text = (PROJECT / "release.toml").read_text("utf-8")

    release.parse(text, "release.toml", plan, ["t_minus_10", *(stage.id for stage in plan.stages)])
