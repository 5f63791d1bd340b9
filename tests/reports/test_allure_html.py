"""Allure's HTML: made where the generator is, free of calls home, and a clear sentence where it is not."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from reports import allure_html
from reports.allure_html import NoGenerator, NoHtml

WATCH = """<script src="https://planted.invalid/x.js"></script><script>
  setTimeout(() => {
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    document.body.dataset.loaded = loaded.filter((name) => !name.startsWith("data:")).join(" ");
  }, 2000);
</script>"""


def test_the_report_has_every_result_and_no_analytics(allure_results: Path, generator: Path, tmp_path: Path) -> None:
    report = allure_html.build(allure_results, tmp_path / "report", name="v20261124.1")
    text = report.read_text()
    assert "<title> v20261124.1 </title>" in text
    assert text.count('d("data/test-results/') == 2
    assert not re.search("gtag|googletagmanager|G-[A-Z0-9]{8,}", text[: text.index("base64,")] + text[-20_000:])
    assert not re.search(r"""<script[^>]{0,200}src=["']https?:""", text)


def test_the_report_asks_nothing_of_the_network(
    allure_results: Path, generator: Path, tmp_path: Path, chromium: Callable[..., str]
) -> None:
    """A browser shows the report, worst first, and loads nothing but what the test plants to prove it would see it."""
    report = allure_html.build(allure_results, tmp_path / "report", name="v20261124.1")
    report.write_text(report.read_text().replace("</body>", f"{WATCH}</body>"))
    shown = chromium(report.as_uri())
    assert shown.index("RED latency 143 ms") < shown.index("GREEN cache 91.30 %")
    assert re.search('data-loaded="([^"]*)"', shown).group(1) == "https://planted.invalid/x.js"


def test_without_a_generator_the_sentence_holds_the_line_that_installs_it(
    allure_results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(allure_html.GENERATOR_ENV, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(allure_html, "PROJECT", tmp_path)
    with pytest.raises(NoGenerator, match=re.escape("npm install --prefix .tools allure@3")):
        allure_html.build(allure_results, tmp_path / "report", name="v1")


def test_a_generator_of_ones_own_must_be_a_program(
    allure_results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(allure_html.GENERATOR_ENV, str(tmp_path / "missing"))
    with pytest.raises(NoGenerator, match="is not a program"):
        allure_html.build(allure_results, tmp_path / "report", name="v1")


def test_a_generator_that_hangs_is_stopped_with_everything_it_started(
    allure_results: Path, tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    stand_in(f"#!/bin/sh\nsleep 60 & echo $! > {tmp_path / 'child'}; wait")
    with pytest.raises(NoHtml, match="did not end within 1 s"):
        allure_html.build(allure_results, tmp_path / "report", name="v1", timeout_s=1)
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while running(child):
        assert time.monotonic() < deadline, f"process {child} outlived the time-out"
        time.sleep(0.01)


def running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


def test_a_generator_that_fails_or_writes_nothing_is_told_with_what_it_said(
    allure_results: Path, tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    stand_in("#!/bin/sh\necho out of memory; exit 3")
    with pytest.raises(NoHtml, match="status 3: out of memory"):
        allure_html.build(allure_results, tmp_path / "report", name="v1")
    stand_in("#!/bin/sh\nexit 0")
    with pytest.raises(NoHtml, match="must be Allure 3"):
        allure_html.build(allure_results, tmp_path / "report", name="v1")


def test_no_results_are_no_report(tmp_path: Path) -> None:
    with pytest.raises(NoHtml, match="Run the moment with --alluredir"):
        allure_html.build(tmp_path / "none", tmp_path / "report", name="v1")


@pytest.mark.parametrize(
    "outside",
    ['<script async src="https://cdn.invalid/x.js"></script>', "<link href='//cdn.invalid/x.css'>",
     "<img src=http://cdn.invalid/x.png>"],
)  # fmt: skip
def test_a_report_that_would_load_something_else_is_refused(outside: str) -> None:
    with pytest.raises(NoHtml, match=r"cdn\.invalid"):
        allure_html.without_calls_home(f"<html><script>app()</script>{outside}</html>")


def test_only_analytics_are_removed() -> None:
    page = '<script>app()</script><script async src="https://www.googletagmanager.com/gtag/js?id=G"></script>'
    page += "<script>\nfunction gtag(){}\ngtag('js', new Date());</script><script>data()</script>"
    assert allure_html.without_calls_home(page) == "<script>app()</script><script>data()</script>"
