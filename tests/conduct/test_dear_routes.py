"""AI routes that grew dear, end to end: two slices that answer, their pages as read, and a command that switches."""

import asyncio
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from conduct.journal import Journal
from conduct.mitigating import Mitigating
from fixtures.rehearsal.app import App, Slice
from fixtures.rehearsal.cheaper_route import cheaper_of
from fixtures.rehearsal.faults import AppFaults
from fixtures.sources.scrape import Scrape
from ramp.caps import Caps
from ramp.judge import judged_at
from ramp.mitigation_rows import Mitigations
from ramp.organisation import Organisation
from ramp.target import ScrapeEndpoint, Target
from reports.journal import read
from tests.releases import ramp

ASKED, FROM_AI = 4, ("ai_", "users", "cost_usd")  # requests of a route, a minute


@pytest.fixture
def slices(serve, rehearsed, tmp_path):
    """A run, and by slice the address of one that answers its AI routes; the canary's answers are a third longer."""
    run = rehearsed(secrets={})
    urls = {}
    for name, faults in {"canary": AppFaults(token_factor=1.3), "control": AppFaults()}.items():
        (tmp_path / name).mkdir()
        of = Slice(
            name=name, version="v20261124.1", commit="a" * 40, routes=run.release.routes, prices=run.release.prices,
            stripe_url="http://127.0.0.1:9", stripe_key="", dsn="", folder=tmp_path / name, caps=Caps(1, 1, 1),
            faults=faults,
        )  # fmt: skip
        urls[name] = serve(App(of).web_app())
    return run, urls


async def _ask(urls, routes):
    async with aiohttp.ClientSession() as http:

        async def one(url, user):
            async with http.post(url, json={}, headers={"X-User": f"u{user}"}) as answer:
                assert answer.status == 200

        await asyncio.gather(*(one(url + r.path, n) for url in urls.values() for r in routes for n in range(ASKED)))


class Minutes:
    """A release of which all about AI is what its two slices say after they were asked."""

    def __init__(self, run, urls):
        self._run, self._urls = run, urls
        pages = tuple(ScrapeEndpoint(url=f"{url}/metrics", slice=name) for name, url in urls.items())
        target = Target(edge_url="http://127.0.0.1:9", scrapes=pages)
        self._source = Scrape(target, run.release.prices, timedelta(minutes=2))
        self._base, self._seen = ramp(run.plan, "stage_10", 40), []

    def passes(self):
        """One minute."""
        asyncio.run(_ask(self._urls, self._run.release.routes))
        seen, _ = self._source.read(datetime.now(UTC))
        for base in self._base[len(self._seen) : len(self._seen) + 2]:
            said = {name: of for name, of in seen[base.slice].counters.items() if name.startswith(FROM_AI)}
            assert {"ai_cost_usd", "ai_revenue_usd", "ai_tokens", "ai_cost_usd_by_route"} <= set(said)
            self._seen.append(replace(base, counters={**base.counters, **said}))

    def look(self):
        """The look at the end of one more."""
        self.passes()
        alone = self._run.plan.evidence.model_copy(update={"comparison": "limits_only"})
        plan = self._run.plan.model_copy(update={"evidence": alone})
        return judged_at(plan, self._seen, plan.moment("stage_10"), self._seen[-1].at, ("markup", "cache"))


def test_routes_that_grew_dear_are_switched_by_their_command_and_markup_is_told_again(slices, monkeypatch):
    run, urls = slices
    switches = Mitigations(cheaper=cheaper_of(urls["canary"], run.release.routes))
    of = Organisation(mitigations=switches)
    monkeypatch.setattr(type(run.site), "organisation", property(lambda site: of))
    minutes = Minutes(run, urls)
    with Journal(run.folder) as journal, Mitigating(run, journal, acts=True) as mitigating:
        for _ in range(7):
            minutes.passes()
        dear = minutes.look()
        assert not dear.trigger
        (recommended,) = mitigating.look(dear)
        until_s = time.monotonic() + 10
        while not (done := list(mitigating.look(dear))):
            assert time.monotonic() < until_s
        later = [minutes.look() for _ in range(10)]
        (effect,) = [said for look in later for said in mitigating.look(look)]

    ordered, _, told = [each for each in read(run.folder) if each["kind"].startswith("mitigat")]
    assert "markup 4." in recommended and "% against control's" in recommended
    tokens = r"lumen-small, \d+ input, 3\d\d output against lumen-small, \d+ input, 2\d\d output"
    assert re.search(rf"/api/tutor: \$0\.0008 a request, control \$0\.0006 \(\+\d+\.\d%\); {tokens}", recommended)
    assert "fall back to the cheaper route of /api/" in recommended
    (switched,) = done
    assert all(f"cheaper route for {route.path}: done" in switched for route in run.release.routes)
    assert 4 < ordered["before"] < 4.4 and 4.8 < told["after"] < 5.2
    assert effect.startswith("markup, 10 minutes after that was recommended at stage_10: ")
    assert re.search(r"/api/tutor: .*lumen-small, \d+ input, 2\d\d output against lumen-small", effect)
