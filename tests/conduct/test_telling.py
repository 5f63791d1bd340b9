"""People are told of a decision once, and what is said of that is what Slack and the pager accepted."""

import json
from dataclasses import replace

import pytest
from aiohttp import web

from conduct.conclusion import conclude, open_journal
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_server import slack_app
from ramp.target import ScrapeEndpoint, Target
from ramp.verdict import Colour, Verdict
from reports.journal import read

TOKEN, ROUTING_KEY = "xoxb-rehearsal-token", "r0utingkeyr0utingkeyr0utingkey00"
SECRETS = {"SLACK_BOT_TOKEN": TOKEN, "PAGERDUTY_ROUTING_KEY": ROUTING_KEY}
MOMENT = "t_minus_10"
DOWN = "http://127.0.0.1:9/metrics of canary answered 503"


@pytest.fixture
def run(serve, rehearsed, tmp_path):
    return rehearsed(
        secrets=SECRETS,
        facts={"rollback_command": "deploy abort shop", "runbook_url": None},
        slack_url=serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/",
        pager_url=serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
    )


def concluded(run, moment=MOMENT, **colours):
    verdicts = {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why=f"{check} says so")
        for check in run.plan.required(moment)
    }
    with open_journal(run, [moment]) as journal:
        return conclude(journal, run, moment, verdicts)


def events(folder):
    file = folder / "events.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def cards(folder):
    """Those of the channel itself; their first replies are reports."""
    messages = map(json.loads, (folder / "messages.jsonl").read_text("utf-8").splitlines())
    return [message["text"] for message in messages if "thread_ts" not in message]


def said(run, conclusion):
    """Terminal and page."""
    return "\n".join(conclusion.lines), (run.folder / "page.html").read_text("utf-8")


def test_many_gates_without_data_are_one_incident_with_its_root_cause_first(run, tmp_path):
    run.note_observed(MOMENT, run.site.clock.now(), None, [DOWN])

    concluded(run, coverage=Colour.NO_DATA, telemetry=Colour.NO_DATA)

    (event,) = events(tmp_path / "pager")
    assert (event["dedup_key"], event["payload"]["severity"]) == (f"{run.release.version}/no-data", "error")
    assert event["payload"]["summary"].startswith(DOWN)
    details = event["payload"]["custom_details"]
    assert details["coverage"] == f"coverage NO DATA at {MOMENT}: coverage says so" and "telemetry" in details
    assert (details["source 1"], details["rollback"]) == (DOWN, "deploy abort shop")
    assert details["for"] == "incident commander (U0IC), infra DRI (U0INFRA)"


def test_what_all_gates_lack_for_one_reason_is_said_once(run, tmp_path):
    with open_journal(run, [MOMENT]) as journal:
        conclude(journal, run, MOMENT, {})

    (event,) = events(tmp_path / "pager")
    assert event["payload"]["summary"].startswith("no result came back")
    assert f"so that {', '.join(run.plan.required(MOMENT))} saw nothing" in event["payload"]["summary"]


def test_what_was_found_in_a_log_is_the_root_cause_of_its_own_gate(run, tmp_path):
    where = "an e-mail address stands in /var/log/app.log of canary, line 12, first at 08:15Z"
    moment = "stage_10"
    run.note_observed(moment, run.site.clock.now(), None, [DOWN], {"privacy": [where]})

    conclusion = concluded(run, moment, privacy=Colour.RED)

    (event,) = events(tmp_path / "pager")
    assert event["payload"]["summary"].startswith(where) and event["payload"]["severity"] == "critical"
    (card,) = cards(tmp_path / "slack")
    assert all(where in text and DOWN in text for text in (card, *said(run, conclusion)))


def test_it_is_updated_while_it_lasts_and_resolved_once_the_moment_goes_on(run, tmp_path):
    for colours in ({"prewarm": Colour.RED}, {"prewarm": Colour.NO_DATA}, {"prewarm": Colour.YELLOW}, {}, {}):
        concluded(run, **colours)

    sent = events(tmp_path / "pager")
    assert [event["event_action"] for event in sent] == ["trigger", "trigger", "resolve"]
    assert len({event["dedup_key"] for event in sent}) == 1
    pages = [(record["event"], record["posted"]) for record in read(run.folder) if record["kind"] == "page"]
    assert pages == [("trigger", True), ("trigger", True), ("resolve", True)]


def test_an_incident_that_could_not_be_resolved_is_said_and_tried_again(serve, rehearsed, tmp_path):
    refuses = iter([False, True, False])

    @web.middleware
    async def odd(request, handler):
        return web.Response(status=403) if next(refuses) else await handler(request)

    pager = pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")
    pager.middlewares.append(odd)
    slack = serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/"
    run = rehearsed(secrets=SECRETS, slack_url=slack, pager_url=serve(pager))
    concluded(run, prewarm=Colour.RED)

    still_open = said(run, concluded(run))
    closed = said(run, concluded(run))

    assert all("an incident is still open" in text for text in still_open)
    assert not any("is still open" in text for text in closed)
    assert [event["event_action"] for event in events(tmp_path / "pager")] == ["trigger", "resolve"]


def test_a_healthy_moment_pages_and_tags_nobody(run, tmp_path):
    conclusion = concluded(run)

    assert events(tmp_path / "pager") == [] and "<@" not in cards(tmp_path / "slack")[0]
    assert [line.label for line in conclusion.told] == ["Rollback"]
    assert not [record for record in read(run.folder) if record["kind"] == "page"]


def test_a_moment_that_nothing_proves_pages_once_and_says_so_everywhere(run, unproven, tmp_path):
    conclusion = concluded(replace(run, plan=unproven), "go_plus_60")

    assert len(events(tmp_path / "pager")) == 1
    (card,) = cards(tmp_path / "slack")
    assert "Paged: incident commander" in card and "<@U0IC>" in card
    terminal, page = said(run, conclusion)
    assert "Paged: incident commander" in terminal and "<dt>Paged</dt><dd>incident commander</dd>" in page


@pytest.mark.parametrize("status", [200, 204, 403])
def test_a_page_that_was_not_taken_is_claimed_nowhere(serve, rehearsed, tmp_path, status):
    async def odd(request):
        return web.json_response({"status": "success"}, status=status)

    pager = web.Application()
    pager.router.add_post("/v2/enqueue", odd)
    slack = serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/"
    run = rehearsed(secrets=SECRETS, slack_url=slack, pager_url=serve(pager))

    conclusion = concluded(run, prewarm=Colour.RED)

    (card,) = cards(tmp_path / "slack")
    for text in (card, *said(run, conclusion)):
        assert "nobody was paged" in text and f"HTTP {status}" in text
        assert "Paged: " not in text and "<dt>Paged" not in text
    assert [record["posted"] for record in read(run.folder) if record["kind"] == "page"] == [False]


def test_a_card_that_was_not_taken_tags_nobody(serve, rehearsed, tmp_path):
    pager = serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager"))
    slack = serve(slack_app(token=TOKEN, folder=tmp_path / "slack", down=True)) + "/api/"
    run = rehearsed(secrets=SECRETS, slack_url=slack, pager_url=pager)

    conclusion = concluded(run, prewarm=Colour.YELLOW)

    terminal, page = said(run, conclusion)
    assert "Not tagged: CEO" in terminal and "<dt>Not tagged</dt><dd>CEO</dd>" in page
    assert "no card in #ship-room" in terminal and "no card in #ship-room" in page


def test_on_a_real_target_tokens_are_enough_and_an_earlier_runs_incident_is_resolved(
    serve, on_real, rehearsed, plan, tmp_path, monkeypatch
):
    nowhere = "http://127.0.0.1:9"
    target = Target(
        edge_url=nowhere,
        scrapes=(ScrapeEndpoint(url=f"{nowhere}/metrics"),),
        slack_url=serve(slack_app(token=TOKEN, folder=tmp_path / "slack")) + "/api/",
        pager_url=serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
    )
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    release = rehearsed(secrets={}).release.model_copy(update={"target": "real", "real": target})
    held, mended = (on_real(release, plan, tmp_path / "runs" / name) for name in ("1", "2"))

    concluded(held, prewarm=Colour.RED)
    concluded(mended)

    assert [event["event_action"] for event in events(tmp_path / "pager")] == ["trigger", "resolve"]
    assert len(cards(tmp_path / "slack")) == 2


def test_without_a_token_the_card_is_kept_and_said_to_be_not_posted(rehearsed, tmp_path):
    run = rehearsed(secrets={})

    conclusion = concluded(run, coverage=Colour.NO_DATA)

    for text in said(run, conclusion):
        assert "not posted: no token" in text
    assert "coverage" in (tmp_path / f"card_{MOMENT}.txt").read_text("utf-8")
    assert [record["posted"] for record in read(tmp_path) if record["kind"] in ("card", "page")] == [False, False]


CEO_KEY = "theceosownkeytheceosownkey000000"


def with_the_ceos_own_key(serve, rehearsed, folder, **of):
    keys = {"routing_key": ROUTING_KEY, "ceo_key": CEO_KEY} | of
    return rehearsed(
        secrets=SECRETS | {"PAGERDUTY_CEO_KEY": CEO_KEY},
        slack_url=serve(slack_app(token=TOKEN, folder=folder / "slack")) + "/api/",
        pager_url=serve(pagerduty_app(folder=folder / "pager", **keys)),
        ceo_pager_key_env="PAGERDUTY_CEO_KEY",
    )


def test_the_ceo_is_called_in_person_on_red_and_not_for_want_of_data(serve, rehearsed, tmp_path):
    run = with_the_ceos_own_key(serve, rehearsed, tmp_path)
    concluded(run, prewarm=Colour.NO_DATA)
    assert [event["service"] for event in events(tmp_path / "pager")] == ["on call"]
    concluded(run, prewarm=Colour.RED)
    called = [(each["service"], each["dedup_key"].partition("/")[2]) for each in events(tmp_path / "pager")[1:]]
    assert called[:2] == [("ceo", "prewarm"), ("on call", "prewarm")]


def test_a_call_that_only_the_ceos_service_refused_is_said_of_her_alone(serve, rehearsed, tmp_path):
    run = with_the_ceos_own_key(serve, rehearsed, tmp_path, ceo_key=None)
    terminal, _ = said(run, concluded(run, prewarm=Colour.RED))
    assert "Paged: incident commander" in terminal and "Not paged: CEO" in terminal
    assert "CEO was not paged: PagerDuty did not take" in terminal


def test_each_cause_is_an_incident_of_its_own_and_ends_when_it_clears(run, tmp_path):
    concluded(run, prewarm=Colour.RED)
    concluded(run, telemetry=Colour.RED)
    concluded(run)
    told = [(each["event_action"], each["dedup_key"].partition("/")[2]) for each in events(tmp_path / "pager")]
    assert told == [("trigger", "prewarm"), ("trigger", "telemetry"), ("resolve", "prewarm"), ("resolve", "telemetry")]
