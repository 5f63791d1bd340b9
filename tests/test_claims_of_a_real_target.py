"""What a real target only claims of its caps is YELLOW, with what to set; tried in test mode they are GREEN."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from fixtures.rehearsal.stripe_server import stripe_app

PROJECT = Path(__file__).parents[1]
KEY = "sk_test_realtarget0000000000"
CAPS = {"count_max": 100, "amount_cents_max": 2000, "total_cents_max": 150_000}


@pytest.fixture
def real(serve, tmp_path):
    """`real(arguments, rows)`: what `caps_target` says on a real target whose payment path says the owner's caps, and
    which refuses what is over them in test mode."""
    facts = (PROJECT / "release.toml").read_text("utf-8").replace('target = "rehearsal"', 'target = "real"')
    version = facts.split('version = "')[1].partition('"')[0]

    async def caps(request):
        return web.json_response(CAPS)

    async def mode(request):
        return web.json_response({"livemode": False})

    async def pay(request):
        over = (await request.json())["amount_cents"] > CAPS["amount_cents_max"]
        headers = {"X-Release-Version": version}
        return web.json_response({"paid": not over}, status=403 if over else 200, headers=headers)

    app = web.Application()
    app.add_routes([web.get("/caps", caps), web.get("/trial", mode), web.post("/trial", pay)])
    url, stripe_url = serve(app), serve(stripe_app(secret_key=KEY))

    def run(*arguments, rows=""):
        table = f'[real]\nedge_url = "{url}"\nscrapes = [{{ url = "{url}/metrics" }}]\nstripe_url = "{stripe_url}"\n'
        (tmp_path / "release.toml").write_text(facts + table + rows.replace("URL", url))
        named = (f"--release={tmp_path / 'release.toml'}", f"--run={tmp_path / 'run'}", "-p", "no:cacheprovider")
        only = ("-m", "caps", "-k", "test_the_target_enforces_the_caps_itself")
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *only, *arguments, *named],
            cwd=PROJECT, env=os.environ | {"STRIPE_API_KEY": KEY}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        records = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").read_text().splitlines()]
        assert ended.returncode == 10, ended.stdout + ended.stderr  # the other checks of the caps were left out
        told = [record for record in records if record["kind"] == "verdict" and record["check"] == "caps_target"]
        return told[-1]

    return run


def test_caps_that_are_only_said_are_yellow_until_a_charge_over_them_was_refused_in_test_mode(real):
    """With --act alone: without it nothing is offered."""
    said, tried = '[real.caps]\nurl = "URL/caps"\n', 'trial_url = "URL/trial"\n'

    for verdict in (real(rows=said), real(rows=said + tried)):
        assert verdict["colour"] == "YELLOW"
        assert "says that it enforces 100 payments" in verdict["why"] and "set trial_url" in verdict["why"]
    verdict = real("--act", rows=said + tried)
    assert verdict["colour"] == "GREEN" and "a charge of $20.01 was refused" in verdict["why"]
