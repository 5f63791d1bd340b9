"""A small system to doctor: its edge, pages, OpenAPI document, log, and the vendors it pays and tells by."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from conduct import doctor
from conduct.run import PROJECT, load_plan
from fixtures.rehearsal.slack_server import slack_app
from fixtures.rehearsal.stripe_server import stripe_app
from ramp import release as releases

STRIPE, SLACK, PAGER = "sk_test_rehearsal0000000000", "xoxb-rehearsal-0000000000", "rehearsal0000000000000000000"
KEYS = {"STRIPE_API_KEY": STRIPE, "SLACK_BOT_TOKEN": SLACK, "PAGERDUTY_ROUTING_KEY": PAGER}
VERSION, COMMIT = "v20261124.1", "a" * 40
OLD_VERSION, OLD_COMMIT = "v20261110.1", "b" * 40
POSTURE = PROJECT / "fixtures" / "rehearsal" / "posture.toml"
ROOT = {"/": {"get": {"responses": {"200": {"description": "-"}}}}}
DOCUMENT = {"openapi": "3.0.3", "info": {"title": "-", "version": "1"}, "paths": ROOT}


def metrics(slice):
    """All that gates read of `slice`."""
    of = f'slice="{slice}"'
    request = f'http_response_status_code="200",{of}'
    seconds, tokens = "http_server_request_duration_seconds", "gen_ai_client_token_usage"
    lines = [
        f"# TYPE {seconds} histogram",
        *(f'{seconds}_bucket{{{request},le="{le}"}} 9' for le in ("0.1", "0.12", "+Inf")),
        f"{seconds}_count{{{request}}} 9",
        "# TYPE cache_requests counter",
        f'cache_requests_total{{{of},result="hit"}} 9',
        f"# TYPE {tokens} histogram",
        *(
            f'{tokens}_sum{{{of},http_route="/a",gen_ai_request_model="small",gen_ai_token_type="{kind}"}} 9'
            for kind in ("input", "output")
        ),
        "# TYPE gen_ai_client_operation_duration_seconds histogram",
        f'gen_ai_client_operation_duration_seconds_count{{{of},http_route="/a"}} 9',
    ]
    plain = ["origin_requests", "split_requests", "users", "user_cost_usd", "user_cost_usd_squared", "ai_revenue_usd"]
    if slice == "canary":
        plain += ["payments_attempted", "payments_succeeded", "payments_declined", "fraud_flags"]
    for name in plain:
        lines += [f"# TYPE {name} counter", f"{name}_total{{{of}}} 9"]
    return "\n".join(lines) + "\n"


DATABASE = "".join(
    f"# TYPE db_{name}_ratio gauge\ndb_{name}_ratio 0.4\n" for name in ("cpu", "io", "connections", "utilization")
)


def signed_off_in_time():
    """A posture as it was approved, and who signs for it in an hour."""
    security = {"posture": str(POSTURE), "approved_sha256": hashlib.sha256(POSTURE.read_bytes()).hexdigest()}
    now = datetime.now(UTC)
    security |= {"sign_off_by": "dana.whitfield", "sign_off_at_utc": now + timedelta(hours=1)}
    return {"security": security, "start_at_utc": now + timedelta(hours=2)}


class System:
    """A system that is right in every way; a test takes one thing away, or sets one thing wrong, and calls it in."""

    def __init__(self, serve, on_real, folder):
        self._on_real, self._folder = on_real, folder
        self.pages = {"slices": metrics("canary") + metrics("control"), "database": DATABASE}
        self.document = json.dumps(DOCUMENT)
        self.answers = {"always": (200, VERSION, COMMIT), "never": (200, OLD_VERSION, OLD_COMMIT)}
        self.behind_s, self.kept_s = 0, None
        self.log = folder / "canary.log"
        self.log.write_text("fine\n")
        app = web.Application()
        app.router.add_get("/", self.root)
        app.router.add_get("/openapi.json", self.openapi)
        app.router.add_get("/metrics/{page}", self.metrics)
        url = serve(app)
        self.real = {
            "edge_url": url,
            "scrapes": [{"url": f"{url}/metrics/{page}"} for page in self.pages],
            "openapi_url": f"{url}/openapi.json",
            "logs": [{"path": str(self.log), "slice": "canary"}],
            "stripe_url": serve(stripe_app(secret_key=STRIPE)),
            "slack_url": serve(slack_app(token=SLACK, folder=folder / "ship-room")) + "/api/",
            "restore": {"argv": ["true"]},
        }
        self.release = signed_off_in_time() | {
            "version": VERSION,
            "commit": COMMIT,
            "target": "real",
            "prices": {"small": {"input_usd_per_mtok": 1, "output_usd_per_mtok": 2}},
        }

    async def root(self, request):
        status, version, commit = self.answers.get(request.headers.get("x-canary"), self.answers["never"])
        said = {"X-Release-Version": version, "X-Release-Commit": commit}
        if self.kept_s is not None:
            said["Age"] = str(self.kept_s)
        if self.behind_s:
            said["Date"] = format_datetime(datetime.now(UTC) - timedelta(seconds=self.behind_s), usegmt=True)
        return web.Response(status=status, headers={name: value for name, value in said.items() if value})

    async def openapi(self, request):
        return web.Response(text=self.document)

    async def metrics(self, request):
        text = self.pages[request.match_info["page"]]
        return web.Response(text=text) if text is not None else web.Response(status=503)

    def findings(self):
        release = releases.Release.model_validate(self.release | {"real": self.real})
        run = self._on_real(release, load_plan(), self._folder)
        return doctor.findings(run)

    def failure(self):
        """The one line that fails, and what it says."""
        (failed,) = [finding for finding in self.findings() if not finding.works]
        assert "\n" not in failed.said and not any(key in failed.said for key in (STRIPE, SLACK, PAGER))
        return f"{failed.what}: {failed.said}"


@pytest.fixture
def system(serve, on_real, tmp_path, monkeypatch):
    """One that its tests may spoil."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return System(serve, on_real, tmp_path)
