"""The page while a ramp is conducted, and its copies: written at looks, searched for secrets, and nobody waits."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from conduct.journal import Journal
from conduct.live_page import LivePage
from conduct.page_copies import Copies, copied
from fixtures.page_copy import NotCopied, copy_page
from ramp.published_page import PublishedPage
from ramp.validation import Invalid, typed
from ramp.verdict import Colour, Verdict
from tests.journals import begin
from tests.reports.ramp_records import begun

NOW = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)
SECRET = "kingfisher-and-blue-0001"
URL = "https://pages.example.com/v20261124.1"


def row(argv, **fields):
    return typed(PublishedPage, {"url": URL, "copy_argv": argv} | fields, "release.toml")


def program(tmp_path, text):
    file = tmp_path / "copy.py"
    file.write_text(text)
    return [sys.executable, str(file), "{page}", str(tmp_path / "there.html")]


COPIES = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"


@pytest.fixture
def conducted(plan, tmp_path):
    """`live = conducted(page=)`: the page of a run whose ramp is at 1 %."""
    made = []

    def of(page=None, why="P95 91 ms"):
        folder = tmp_path / "run"
        journal = Journal(folder)
        begin(journal, plan, NOW)
        site = SimpleNamespace(secrets=(SECRET,))
        run = SimpleNamespace(folder=folder, plan=plan, site=site, release=SimpleNamespace(page=page))
        live = LivePage(run, journal)
        for record in begun():
            journal.append(record["kind"], NOW, **{k: v for k, v in record.items() if k not in ("kind", "at_utc")})
        made.append((live, journal))
        return live

    yield of
    for live, journal in made:
        live.__exit__()
        journal.close()


def look(why="P95 91 ms"):
    verdict = Verdict(check="latency", moment="stage_1", colour=Colour.GREEN, why=why)
    view = SimpleNamespace(moment=SimpleNamespace(id="stage_1"), as_of=NOW)
    return SimpleNamespace(view=view, verdicts=lambda: {"latency": verdict})


def test_a_look_is_on_the_page_with_what_the_journal_has_by_then(conducted, tmp_path):
    assert conducted().look(look()) is None
    html = (tmp_path / "run" / "page.html").read_text()
    assert "WATCHING" in html and "P95 91 ms" in html and "from 0 % to 1 %, ordered" in html


def test_it_is_written_at_most_once_a_second(conducted, tmp_path):
    live = conducted()
    live.look(look())
    (tmp_path / "run" / "page.html").unlink()
    live.look(look())
    assert not (tmp_path / "run" / "page.html").exists()


def test_what_a_gate_says_of_a_secret_is_masked(conducted, tmp_path):
    conducted().look(look(f"the log says {SECRET}"))
    assert SECRET not in (tmp_path / "run" / "page.html").read_text()


def test_a_page_that_cannot_be_made_or_written_is_said_once_and_keeps_nobody_from_looking(conducted, tmp_path):
    live = conducted()
    (tmp_path / "run" / "page.tmp").mkdir()
    assert live.look(look()).startswith("the page is not written: IsADirectoryError")
    live._written_s = 0.0
    assert live.look(look()) is None


def test_the_page_is_brought_to_where_cards_lead_to(conducted, tmp_path):
    with conducted(page=row(program(tmp_path, COPIES))) as live:
        live.look(look())
    assert "WATCHING" in (tmp_path / "there.html").read_text()


def test_a_page_with_a_secret_is_not_copied(tmp_path):
    (tmp_path / "page.html").write_text(f"<p>{SECRET}</p>")
    said = copied(row(program(tmp_path, COPIES)), tmp_path, [SECRET])
    assert said.startswith("page.html holds a credential") and SECRET not in said
    assert not (tmp_path / "there.html").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"import sys; print('no bucket, {SECRET}', file=sys.stderr); sys.exit(3)", "ended with status 3: no bucket, "),
        ("import time; time.sleep(60)", "was not done within 0.5 s and was killed"),
    ],
)
def test_a_copy_that_fails_says_why_without_a_secret(tmp_path, text, said):
    with pytest.raises(NotCopied, match=said) as raised:
        copy_page(row(program(tmp_path, text), timeout_s=0.5), Path("page.html"), [SECRET])
    assert SECRET not in str(raised.value) and "copy_argv under [page]" in str(raised.value)


def test_a_copy_that_fails_is_said_once_and_once_that_it_works_again(tmp_path):
    (tmp_path / "page.html").write_text("<p>fine</p>")
    argv = program(tmp_path, "import sys; sys.exit(1)")
    copies = Copies(row(argv), tmp_path, [])
    said = []
    for text in (None, None, COPIES, None):
        if text:
            (tmp_path / "copy.py").write_text(text)
        copies._begun_s = -1e9
        said.append(copies.next())
        copies._copy.result()
    copies._begun_s = -1e9
    said.append(copies.next())
    copies.close()
    fails = "the page is not copied: `"
    assert [(each or "")[: len(fails)] for each in said] == ["", fails, "", "the page is copied again", ""]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "http://pages.example.com"}, "should begin with https://"),
        ({"copy_argv": ["cp", "page.html"]}, "should say {page}"),
        ({"copy_argv": []}, "copy_argv"),
        ({"every_s": 0}, "every_s"),
        ({"timeout_s": 1e9}, "timeout_s"),
    ],
)
def test_a_page_that_leads_nowhere_is_refused(fields, said):
    with pytest.raises(Invalid, match=said):
        row(**({"argv": ["cp", "{page}", "/srv"]} | {"argv" if k == "copy_argv" else k: v for k, v in fields.items()}))
