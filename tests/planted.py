"""A real target on loopback that tells secrets and personal data wherever it can, and checks that handle them."""

import base64
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from ramp.observation import SLICES

KEYS = {
    "STRIPE_API_KEY": "sk_test_51HxAbCdEfGhIjKlMnOp",
    "SLACK_BOT_TOKEN": "xoxb-123456789012-abcdefghijkl",
    "PAGERDUTY_ROUTING_KEY": "r0utingkeyr0utingkeyr0utingkey00",
    "SOURCE_DSN": "postgresql://shop:hunter%2F22x@127.0.0.1:9/shop",
    "PGPASSWORD": "kingfisher/2026+'release'",
}
_KINDS = {
    "email": "maria.lopez@example.org",
    "phone": "+44 20 7946 0018",
    "ssn": "123-45-6789",
    "pan": "4242 4242 4242 4242",
    "ip": "203.0.113.9",
    "name": '{"student_name": "Maria Lopez-Quint"}',
    "address": '{"home_address": "14 Elm Hollow Lane, Springfield"}',
    "dob": '{"dob": "2014-03-01"}',
    "student": '{"student_id": "S-20488131"}',
    "device": '{"imei": "490154203237518"}',
    "github": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4fwpM",
    "aws": "AKIAIOSFODNN7REALKEY",
    "dsn": "redis://:swordfish77@cache:6379",
    "password": 'password="tr0ub4dor&3x"',
    "bearer": "Authorization: Bearer q7Zk2vTn0Lx8Rb5Wd1Yc",
}
_SPELLED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda value: quote(value, safe=""),
    "base64": lambda value: base64.b64encode(f"v:{value}".encode()).decode(),
    "repr": lambda value: repr(value)[1:-1],
}
# Each as it is planted: every kind as it is and in percent, and every key of the run in each spelling.
_EACH = [
    *_KINDS.values(),
    *(quote(_KINDS[kind], safe="") for kind in ("email", "pan", "ssn")),
    *(base64.b64encode(f"v:{_KINDS[kind]}".encode()).decode() for kind in ("email", "github")),
    *(spell(key) for key in KEYS.values() for spell in _SPELLED.values()),
]
PLANTED = list(dict.fromkeys(_EACH))
_WITHIN = {
    "name": "Maria Lopez-Quint", "address": "14 Elm Hollow Lane", "dob": "2014-03-01", "student": "S-20488131",
    "device": "490154203237518", "dsn": "swordfish77", "password": "tr0ub4dor&3x", "bearer": "q7Zk2vTn0Lx8Rb5Wd1Yc",
}  # fmt: skip
VALUES = [*(_WITHIN.get(kind, value) for kind, value in _KINDS.items()), *KEYS.values(), "hunter/22x", "hunter%2F22x"]
# What must be in no file: each value in each spelling, and as XML and JSON have it.
SOUGHT = {
    spelled
    for value in VALUES
    for spelled in (
        *(spell(value) for spell in _SPELLED.values()),
        base64.b64encode(value.encode()).decode().rstrip("="),
        json.dumps(value)[1:-1],
        value.replace("&", "&amp;").replace("'", "&#39;"),
    )
}
ALL = " | ".join(PLANTED)

CHECKS = f"""
import logging, os, subprocess, sys, warnings
import allure, pytest, requests
from ramp.verdict import Colour, Verdict

pytestmark = pytest.mark.t_minus_10
PLANTED = {PLANTED!r}
all_of_them = pytest.mark.parametrize("value", PLANTED)

@allure.step("paying with {{value}}")
def pay(value):
    allure.attach(value, name=f"receipt of {{value}}")

@all_of_them
def test_passes(value, record_property, record_testsuite_property):
    print("sent", value)
    os.write(2, f"sent {{value}}".encode())
    logging.warning("answered %s", value)
    warnings.warn(value)
    pay(value)
    record_property("answer", value)
    record_testsuite_property(f"answer {{value}}", value)

def test_runs_a_command():
    subprocess.run([sys.executable, "-c", "import sys; print(sys.argv); sys.exit(sys.argv[1])", *PLANTED], check=True)

def test_compares():
    for value in PLANTED:
        print(value)
    assert {{"said": PLANTED}} == {{"said": []}}

def asked(value, headers):
    local = [value]
    try:
        raise ConnectionError(value)
    except ConnectionError as error:
        logging.exception("no answer")
        raise RuntimeError(f"{{os.environ['PGPASSWORD']}} {{local}}") from error

@all_of_them
def test_raises(value):
    asked(value, headers={{"Authorization": value}})

def test_asks_nobody():
    headers = {{f"Said-{{number}}": value for number, value in enumerate(PLANTED)}}
    requests.get("http://127.0.0.1:9/?" + "&".join(PLANTED), headers=headers)

@pytest.fixture(params=PLANTED)
def broken(request):
    raise OSError(request.param)

def test_breaks_before(broken):
    pass

@all_of_them
def test_skips(value):
    pytest.skip(value)

@pytest.mark.check("telemetry")
def test_settles(settle):
    settle(Verdict(check="telemetry", moment="t_minus_10", colour=Colour.RED, why=f"sees {{PLANTED}}",
                   notes=(*PLANTED,)))
"""
DIES = f"""
import os, pytest

@pytest.mark.t_minus_10
@pytest.mark.parametrize("value", {PLANTED[:1]!r})
def test_dies(value):
    print(value)
    os._exit(1)
"""
BREAKS_PYTEST = f"""
import pytest

class Broken:
    def pytest_runtest_logfinish(self):
        raise RuntimeError({PLANTED!r})

@pytest.mark.t_minus_10
def test_breaks_pytest(pytestconfig):
    pytestconfig.pluginmanager.register(Broken())
"""


def telling() -> web.Application:
    """Whatever it is asked, an application answers with an error that holds all values; its `/metrics` page has them
    in labels."""

    async def refuse(request: web.Request) -> web.Response:
        headers = {f"Said-{number}": quote(value) for number, value in enumerate(PLANTED)}
        headers |= {"Set-Cookie": f"session={PLANTED[10]}"}
        told = {"error": {"message": f"{ALL}: {dict(request.headers)}", "type": "invalid_request_error"}, "ok": False}
        return web.json_response(told, status=401, headers=headers)

    async def metrics(request: web.Request) -> web.Response:
        told = [f"{{slice={json.dumps(slice)},who={json.dumps(value)}}} 1" for slice in SLICES for value in PLANTED]
        return web.Response(text="\n".join(["# TYPE users_total counter", *(f"users_total{of}" for of in told), ""]))

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.route("*", "/{path:.*}", refuse)])
    return app


def release_file(facts: str, url: str, slack_url: str, pager_url: str) -> str:
    """A real target at `url`, whose commands are given and print all values, and fail."""
    fails = [sys.executable, "-c", "import sys; print(sys.argv); sys.exit(' '.join(sys.argv[1:]))", *PLANTED]
    facts = facts.replace(
        'target = "rehearsal"', f'target = "real"\nrollback_command = {json.dumps(shlex.join(fails))}'
    )
    facts = facts.replace('scope = "', f'scope = "{quote(ALL)} ')
    asked = f"{url}/?token={quote(ALL)}"
    return (
        facts
        + f"""
[real]
edge_url = {json.dumps(url)}
scrapes = [{{ url = {json.dumps(url + "/metrics")} }}, {{ url = {json.dumps(asked)}, slice = "control" }}]
openapi_url = {json.dumps(asked)}
stripe_url = {json.dumps(url)}
slack_url = {json.dumps(slack_url)}
pager_url = {json.dumps(pager_url)}
[real.restore]
argv = {json.dumps(fails)}
timeout_s = 10
source_dsn_env = "SOURCE_DSN"
[real.caps]
argv = {json.dumps(fails)}
"""
    )


def written(folder: Path) -> dict[str, str]:
    """The text of every file below `folder`, by its path within."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): f"{file.name} {file.read_bytes().decode('utf-8', 'replace')}" for file in files
    }
