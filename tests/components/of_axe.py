"""axe, the accessibility checker, from npm: it finds nothing wrong with the page, narrow and wide, light and dark."""

import html
import json
import re
import shutil
import subprocess
import tarfile

import pytest
from samples import chromium, journal_of

from reports import journal, page
from tests.reports.ramp_records import begun, looked

__all__ = ["chromium", "journal_of"]
NPM_S = 120
RUN = """addEventListener("load", () => axe.run(document, {resultTypes: ["violations"]}).then(found => {
  const told = document.createElement("pre"); told.id = "axe";
  told.textContent = JSON.stringify(found.violations.map(each => [each.id, each.nodes[0].html]));
  document.body.append(told); }));"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """axe's program."""
    if shutil.which("npm") is None:
        pytest.fail("there is no npm here, and axe comes from it (Debian: apt install npm)", pytrace=False)
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(
        ["npm", "pack", "axe-core"], cwd=folder, capture_output=True, text=True, timeout=NPM_S, check=True
    ).stdout.split()[-1]
    with tarfile.open(folder / packed) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [500, 1440])
@pytest.mark.parametrize("scenario", ["healthy", "rollback", "blind"])
def test_axe_finds_nothing_wrong_with_the_page(axe, journal_of, plan, chromium, tmp_path, scenario, width, scheme):
    folder = journal_of(scenario, dashboards={"DB": "https://dashboards.example.com/db"})
    text = page.render([*journal.read(folder), *begun(), looked(7, held=6.0)], plan)
    if scheme == "dark":
        text = text.replace("(prefers-color-scheme: dark)", "all").replace('content="light dark"', 'content="dark"')
    file = tmp_path / "page.html"
    file.write_text(text.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>"), "utf-8")

    dom = chromium(file.as_uri(), f"--window-size={width},1200")

    told = re.search(r'<pre id="axe">(.*?)</pre>', dom, re.DOTALL)
    assert told and json.loads(html.unescape(told[1])) == []
