"""A new version of the same commit says that its caps begin anew."""

from dataclasses import replace

import pytest

from conduct.conclusion import conclude, open_journal
from conduct.same_commit import versions_before
from reports.journal import FILE, read

SAID = "v20261124.2 is the same commit as v20261124.1: its caps begin anew"


@pytest.fixture
def of_version(rehearsed, tmp_path, monkeypatch):
    """`of_version("v20261124.2", target="real")`: a run in the folder that a run of that version has by itself."""
    monkeypatch.chdir(tmp_path)
    run = rehearsed(secrets={})

    def of(version, **facts):
        release = run.release.model_copy(update={"version": version, **facts})
        folder = tmp_path / "runs" / version / "20261124T080000Z-abcd"
        return replace(run, folder=folder, site=replace(run.site, release=release, folder=folder))

    return of


def begun(run):
    with open_journal(run, ["caps"]):
        pass
    return run


def test_another_version_of_the_commit_says_so_on_terminal_card_and_page(of_version):
    begun(of_version("v20261124.1"))
    run = of_version("v20261124.2")

    with open_journal(run, ["caps"]) as journal:
        conclusion = conclude(journal, run, "caps", {})

    assert any(remark.startswith(SAID) for remark in conclusion.remarks)
    assert any(SAID in record["text"] for record in read(run.folder) if record["kind"] == "card")
    assert SAID in (run.folder / "page.html").read_text("utf-8")


def test_the_first_version_and_one_of_another_commit_say_nothing(of_version):
    assert versions_before(begun(of_version("v20261124.1"))) == []
    assert versions_before(begun(of_version("v20261124.1"))) == []
    assert versions_before(of_version("v20261125.1", commit="0" * 40)) == []


def test_what_was_only_rehearsed_is_no_version_of_a_real_target(of_version):
    begun(of_version("v20261124.1"))

    assert versions_before(of_version("v20261124.2", target="real")) == []


@pytest.mark.parametrize("text", ["", "{", "[]\n", '{"kind": "verdict"}\n', "\n", '{"kind": "run"}\n'])
def test_a_journal_that_says_nothing_is_passed_over(of_version, text):
    run = begun(of_version("v20261124.1"))
    (run.folder / FILE).write_text(text)

    assert versions_before(of_version("v20261124.2")) == []
