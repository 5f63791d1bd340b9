"""The Allure results of a run as one HTML file, made by Allure 3 and free of its calls home."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

GENERATOR_ENV = "SHIPROOM_ALLURE"
INSTALL = "npm install --prefix .tools allure@3"
CONFIG = Path(__file__).with_name("allurerc.mjs")
PROJECT = Path(__file__).parent.parent
TIMEOUT_S = 120

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_CALLS_HOME = re.compile(r"gtag|googletagmanager|google-analytics")


class NoHtml(Exception):
    """Allure's HTML could not be made."""


class NoResults(NoHtml):
    """There are no results to make it of."""


class NoGenerator(NoHtml):
    """Allure 3 is not on this machine; the sentence holds the line that installs it."""


def generator() -> Path:
    """Where Allure 3 is: $SHIPROOM_ALLURE, else PATH, else `.tools` in the project. Raises NoGenerator."""
    if given := os.environ.get(GENERATOR_ENV):
        if not os.access(given, os.X_OK):
            raise NoGenerator(f"{GENERATOR_ENV}={given} is not a program. Unset it, or install one: {INSTALL}")
        return Path(given)
    local = PROJECT / ".tools" / "node_modules" / ".bin" / "allure"
    found = shutil.which("allure") or shutil.which(local)
    if found is None:
        raise NoGenerator(f"Allure 3, which makes the HTML report, is not installed. In the project run: {INSTALL}")
    return Path(found)


def build(results: Path, output: Path, *, name: str, timeout_s: float = TIMEOUT_S) -> Path:
    """The report of `results` as `output/index.html`; what `output` held before is replaced.

    Raises NoGenerator, NoResults, and NoHtml when Allure fails or takes longer than `timeout_s`, or the
    report would still load something from outside.
    """
    must_have_results(results)
    shutil.rmtree(output, ignore_errors=True)
    _run([generator(), "generate", results, "--config", CONFIG, "--output", output, "--report-name", name], timeout_s)
    page = output / "index.html"
    if not page.exists():
        raise NoHtml(f"Allure ended well but wrote no {page}. It must be Allure 3: {INSTALL}")
    page.write_text(without_calls_home(page.read_text(encoding="utf-8")), encoding="utf-8")
    return page


def must_have_results(results: Path) -> None:
    """Raises NoResults where there are none."""
    if not any(results.glob("*-result.json")):
        raise NoResults(
            f"{results} holds no Allure results, so there is no report. Run the moment with --alluredir first."
        )


def without_calls_home(html: str) -> str:
    """`html` without analytics. Raises NoHtml when a script or a style from outside is left."""
    clean = _SCRIPT.sub(lambda script: "" if _is_analytics(script) else script.group(), html)
    outside = re.search(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?(https?:)?//[^"'\s>]*""", clean)
    if outside:
        raise NoHtml(f"Allure's report loads something from outside ({outside.group()[:120]}); it was not kept.")
    return clean


def _is_analytics(script: re.Match[str]) -> bool:
    attributes, body = script.groups()
    return bool(_CALLS_HOME.search(attributes[:300]) or _CALLS_HOME.search(body[:500]))


def _run(argv: list[str | Path], timeout_s: float) -> None:
    """Runs Allure in a process group of its own, which ends with the time-out."""
    process = subprocess.Popen(
        [str(part) for part in argv],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise NoHtml(f"{argv[0]} did not end within {timeout_s:g} s and was stopped; nothing was made.") from None
    if process.returncode != 0:
        raise NoHtml(f"{argv[0]} (it must be Allure 3) failed with status {process.returncode}: {said.strip()[-400:]}")
