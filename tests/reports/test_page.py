"""The page: one file that says the decision first, asks nothing of the network and fits a phone."""

import html
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conduct.journal import Journal
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict
from reports import journal, page
from reports.under_way import Live
from tests.reports.ramp_records import at, begun, happened, looked, set_weight

MEASURE = """<script>
  addEventListener("load", () => {
    const root = document.querySelector("iframe").contentDocument.documentElement;
    document.title = `over=${root.scrollWidth - root.clientWidth} tall=${root.scrollHeight}`;
  });
</script>"""


class Shown(HTMLParser):
    """The text of a page, in order, and the tags it uses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "poster")]

    def handle_data(self, data: str) -> None:
        if data.strip() and self.get_starttag_text() is not None:
            self.texts.append(data.strip())


def shown(folder: Path, plan: Plan) -> tuple[str, Shown]:
    text = page.write(folder, plan).read_text(encoding="utf-8")
    return text, Shown(text[text.index("<body>") :])


@pytest.mark.parametrize(("scenario", "word"), [("healthy", "CONTINUE"), ("rollback", "ROLLBACK"), ("blind", "HOLD")])
def test_the_decision_is_the_first_word_followed_by_its_reason(
    scenario: str, word: str, journal_of: Callable[..., Path], plan: Plan
) -> None:
    folder = journal_of(scenario)
    _, body = shown(folder, plan)
    decision = journal.latest(journal.read(folder)).newest.decision
    why = f"{plan.sentences['F1'].rstrip('.')}: latency" if word == "ROLLBACK" else decision.reason
    assert body.texts[0] == word and body.texts[1].startswith(why) and "fired" not in body.texts[1]
    assert body.texts[2:4] == ["Next step", decision.next_step]


def test_once_zero_is_proven_nobody_is_told_to_roll_back_now(journal_of: Callable[..., Path], plan: Plan) -> None:
    ended = [looked(9, "rollback", reason="F1"), happened(9, "RollbackRan", ok=True, why="")]
    ended.append(happened(10, "ZeroMeasured", proven=True, why=""))
    body = Shown(page.render([*journal.read(journal_of("rollback")), *begun(), *ended], plan))
    assert "It was rolled back, and zero is proven: mend what is named, and begin anew with T-10" in body.texts
    assert not [text for text in body.texts if "now" in text.split() and "rolls back" in text]
    assert any(text.startswith("nobody for the traffic, which is back") for text in body.texts)


def test_it_is_one_small_file_without_scripts_and_without_an_outside_address(
    journal_of: Callable[..., Path], plan: Plan
) -> None:
    text, body = shown(journal_of("healthy"), plan)
    assert len(text.encode()) < 300_000
    assert not body.tags & {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    assert body.addresses == []
    assert not re.search(r"https?:|@import|url\(", text)


def test_runbook_and_dashboards_are_links_only_where_a_browser_may_follow_them(
    journal_of: Callable[..., Path], plan: Plan
) -> None:
    boards = {"DB": "https://dashboards.example.com/db?a=1&b=2", "cost": "javascript:alert(1)", "cache": "file:///etc"}
    folder = journal_of("rollback", runbook_url="http://runbooks.example.com/r", rollback_command="roll --back <now>",
                        dashboards=boards)  # fmt: skip
    text, body = shown(folder, plan)
    assert body.addresses == ["http://runbooks.example.com/r", "https://dashboards.example.com/db?a=1&b=2"]
    assert "roll --back <now>" in body.texts and "javascript" not in text


def test_it_is_read_aloud_in_order(journal_of: Callable[..., Path], plan: Plan) -> None:
    """A language, one main landmark, one first heading and no level left out; what is drawn or filled has a name."""
    folder = journal_of("rollback", dashboards={"DB": "https://dashboards.example.com/db"}, time_zone="Europe/Berlin")
    records = [*journal.read(folder), *begun(), looked(7, held=6.0)]
    text = page.render(records, plan, live_at("stage_1"))
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert re.search(r'<html lang="en">', text) and re.search(r"<title>\S", text)
    inside = text[text.index("<main>") : text.index("</main>")]
    assert (
        text.count("<main") == 1
        and re.sub(r"<footer>.*?</footer>", "", text.split("</main>")[1], flags=re.S).strip("\n") == "</body>\n</html>"
    )
    for tag in ("svg", "progress", "table"):
        drawn = re.findall(rf"<{tag}\b[^>]*>", inside)
        assert drawn and all(re.search(r'aria-label="[^"]+"', each) for each in drawn), tag
    assert inside.count("<th") == len(re.findall(r'<th scope="(?:col|row)"', inside)) + inside.count("<thead")
    assert all(re.search(r">\s*\S.*?</a>", link) for link in re.findall(r"<a\b.*?</a>", inside, re.S))


def live_at(moment: str, *verdicts: Verdict) -> Live:
    fine = Verdict(
        check="latency", moment=moment, colour=Colour.GREEN, why="fine", trend=((1, 0.1, 0.1), (2, 0.1, 0.1))
    )
    return Live(moment=moment, at_utc=at(7), verdicts=verdicts or (fine,))


def test_while_a_stage_is_held_it_says_so_with_the_clock_and_never_as_a_decision(
    journal_of: Callable[..., Path], plan: Plan
) -> None:
    records = journal.read(journal_of("healthy", time_zone="America/Los_Angeles"))
    told = records[: next(n for n, each in enumerate(records) if each.get("moment") == "stage_1")]
    body = Shown(page.render([*told, *begun(), looked(7, held=6.0)], plan, live_at("stage_1")))
    assert "WATCHING" in body.texts and "CONTINUE" not in body.texts[body.texts.index("WATCHING") :][:6]
    assert "1 %: held 6 of 15 min" in body.texts
    assert any("judged at 16:16Z (08:16 in Los Angeles) at the earliest, then 10 %" in said for said in body.texts)
    assert "all within limits" in body.texts
    assert {"progress", "time"} <= body.tags


def test_what_a_look_saw_after_the_decision_stands_beside_it(journal_of: Callable[..., Path], plan: Plan) -> None:
    records = journal.read(journal_of("blind"))
    ramp = [*begun(), *set_weight(20, "stage_10", 1.0, 10.0), looked(40, "holds", held=15.0)]
    ramp += [happened(41, "Concluded", moment="stage_10", action="HOLD", reason="latency saw nothing")]
    ramp[5:5] = [looked(18, held=15.0), happened(19, "Concluded", moment="stage_1", action="CONTINUE", reason="")]
    body = Shown(page.render([*records, *ramp], plan, live_at("stage_10")))
    assert "HOLD" in body.texts and "WATCHING" not in body.texts
    assert "Gates at 10 % as of 16:07Z, worst first" in body.texts and "As decided" in body.texts


def test_the_gates_come_worst_first_with_the_owners_sentence(journal_of: Callable[..., Path], plan: Plan) -> None:
    text, body = shown(journal_of("rollback"), plan)
    words = [said for said in body.texts if said in {"RED", "GREEN", "YELLOW", "NO DATA"}]
    assert words[0] == "RED" and "RED" not in words[1:]
    assert any("Latency: P50/P95/P99 vs control; error rate." in said for said in body.texts)
    assert body.texts.count("limit 120 ms") == 2
    assert 'class="canary"' in text and 'class="control"' in text and 'line class="limit"' in text


def test_each_stage_of_the_ramp_is_there_also_those_that_did_not_run(
    journal_of: Callable[..., Path], plan: Plan
) -> None:
    _, body = shown(journal_of("rollback"), plan)
    row = body.texts[body.texts.index("The ramp") + 1 : body.texts.index("Gates at 10 %, worst first")]
    assert [name for name in row if re.fullmatch(r"T-10|\d+ %", name)] == [
        "T-10",
        "1 %",
        "10 %",
        "25 %",
        "50 %",
        "100 %",
    ]
    assert [said for said in row if said in ("CONTINUE", "ROLLBACK", "not run")] == [
        "CONTINUE", "CONTINUE", "ROLLBACK", "not run", "not run", "not run",
    ]  # fmt: skip


def test_a_moment_without_a_decision_is_never_shown_as_a_pass(
    tmp_path: Path, plan: Plan, journal_of: Callable[..., Path]
) -> None:
    records = journal.read(journal_of("healthy"))
    while records[-1]["kind"] == "decision":
        records.pop()
    body = Shown(page.render(records, plan))
    assert "NO DECISION" in body.texts and any("Read this as HOLD" in said for said in body.texts)


def test_a_journal_without_a_verdict_gives_no_page(tmp_path: Path, plan: Plan) -> None:
    with pytest.raises(page.NothingToShow, match="Run a moment first"):
        page.write(tmp_path, plan)


def test_text_from_the_system_under_release_stays_text(journal_of: Callable[..., Path], plan: Plan) -> None:
    attack = "</svg><script>alert(1)</script><img src=x onerror=alert(2)>"
    folder = journal_of("rollback", scope=attack)
    seen = Verdict(check=attack, moment="stage_10", colour=Colour.RED, why=attack, notes=(attack,),
                   trend=((1, 1.0, 1.0), (2, 2.0, 1.0)))  # fmt: skip
    with Journal(folder) as writing:
        writing.append("verdict", datetime(2026, 11, 24, 12, tzinfo=UTC), **seen.record())
    text, body = shown(folder, plan)
    assert not body.tags & {"script", "img"}
    assert text.count(html.escape(attack)) >= 3


def test_words_are_readable_in_both_colour_schemes(journal_of: Callable[..., Path], plan: Plan) -> None:
    """Every text colour on every ground that it stands on has a contrast of at least 4.5 (WCAG AA)."""
    text, _ = shown(journal_of("healthy"), plan)
    light, dark, printed = (
        dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", text, re.S)
    )
    for scheme in (light, dark, light | printed):
        for ink in ("ink", "muted", "canary", "control", "limit"):
            assert contrast(scheme[ink], scheme["card"]) >= 4.5, (ink, scheme)
            assert contrast(scheme[ink], scheme["paper"]) >= 4.5, (ink, scheme)
    fills = re.findall(r"--fill: (#\w+); --on-fill: (#\w+)", text)
    assert len(fills) == 4 and all(contrast(fill, on_fill) >= 4.5 for fill, on_fill in fills)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(
    width: int, journal_of: Callable[..., Path], plan: Plan, chromium: Callable[..., str], tmp_path: Path
) -> None:
    """A browser lays the page out in a frame of that width and finds nothing to scroll sideways."""
    folder = journal_of("rollback")
    long = "connection_refused_by_" * 20
    newest = journal.latest(journal.read(folder)).newest
    with Journal(folder) as writing:
        for verdict in newest.verdicts:
            said = replace(verdict, why=long, notes=(long,), n=123_456_789)
            writing.append("verdict", datetime(2026, 11, 24, 12, tzinfo=UTC), **said.record())
    text, _ = shown(folder, plan)
    frame = tmp_path / "frame.html"
    frame.write_text(f'{MEASURE}<iframe width="{width}" height="800" style="border:0" srcdoc="{html.escape(text)}">')
    over, tall = map(int, re.search(r"<title>over=(\d+) tall=(\d+)", chromium(frame.as_uri())).groups())
    assert over == 0 and tall > 1000


def test_what_does_not_apply_stands_beside_the_decision_with_its_reason(journal_of, plan) -> None:
    records = journal.read(journal_of("healthy"))
    for record in records:
        if record["kind"] == "decision":
            record["not_applied"] = ["cache, B1: there is none here"]
    body = Shown(page.render(records, plan))
    at = body.texts.index("Does not apply")
    assert body.texts[at + 1] == "cache, B1: there is none here"


def test_a_moment_that_does_not_apply_is_no_step_that_was_forgotten(journal_of, plan) -> None:
    told = {"applies": False, "reason": "there is none here"}
    moments = [row.model_copy(update=told) if row.id == "stage_100" else row for row in plan.moments]
    fewer = plan.model_copy(update={"moments": tuple(moments)})
    fewer.__dict__.pop("stages", None)

    texts = Shown(page.render(journal.read(journal_of("rollback")), fewer)).texts

    at = texts.index("does not apply")
    assert texts[at - 1 : at + 2] == ["100 %", "does not apply", "there is none here"]
