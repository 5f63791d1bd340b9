"""nginx itself, set up as docs/traffic.md says: its cache says what it did, and a tool of one's own sets the weight."""

import re

import pytest

from conduct.rollback import roll_back
from fixtures.cdn import prewarm
from fixtures.traffic.command import CommandTraffic
from fixtures.traffic.witness import Witness
from ramp.target import ScrapeEndpoint, Target
from ramp.traffic_rows import TrafficCommands
from tests.components.of_haproxy import RELEASE, app_of
from tests.components.programs import answers, free_port, must_become, running
from tests.conftest import PROJECT

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
HEAD = """
user root root;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
access_log off;
{temporary}
proxy_cache_path {folder}/pages keys_zone=pages:1m;
proxy_cache_valid 200 1h;
upstream canary {{ server {canary}; }}
upstream control {{ server {control}; }}
"""


def block(first):
    """The block of the page whose first line is `first`."""
    return re.search(rf"```[^\n]*\n({re.escape(first)}\n.*?)```", (PROJECT / "docs/traffic.md").read_text(), re.DOTALL)[
        1
    ]


@pytest.fixture
def edge(serve, tmp_path):
    """The recipe as it stands there, before two apps: the target, and the tool that sets its traffic."""
    port, split = free_port(), tmp_path / "canary.split"
    apps = {"canary": app_of(RELEASE.version, RELEASE.commit), "control": app_of("v20261117.1", "b" * 40)}
    urls = {name: serve(app).removeprefix("http://") for name, app in apps.items()}
    temporary = "\n".join(f"{name}_temp_path {tmp_path}/{name};" for name in TEMPORARY)
    recipe = block("include /etc/nginx/canary.split;").replace("/etc/nginx/canary.split", str(split))
    split.write_text("split_clients $http_x_visitor $slice {\n# weight 0\n* control;\n}\n")
    configuration, tool = tmp_path / "nginx.conf", tmp_path / "weight"
    head = HEAD.format(folder=tmp_path, temporary=temporary, **urls)
    configuration.write_text(head + recipe.replace("listen 80", f"listen 127.0.0.1:{port}") + "}\n")
    script = block("#!/bin/sh -e").replace("/etc/nginx/canary.split", str(split))
    tool.write_text(script.replace("/run/nginx.pid", f"{tmp_path}/nginx.pid"))
    tool.chmod(0o755)
    url, weight = f"http://127.0.0.1:{port}", (str(tool),)
    rows = TrafficCommands(read=weight, set=(*weight, "{weight_pct}"), rollback=(*weight, "0"))
    argv = ("-c", str(configuration), "-p", str(tmp_path), "-e", f"{tmp_path}/error.log")
    with running("usr/sbin/nginx", *argv, ready=lambda: answers(url + "/ready")):
        yield Target(edge_url=url, scrapes=(ScrapeEndpoint(url=url + "/metrics"),)), CommandTraffic(rows)


def test_its_cache_says_that_a_path_is_warm(edge):
    target, _ = edge
    (warmed,) = prewarm(target, RELEASE)
    assert (warmed.status, warmed.hit, warmed.said) == (200, True, "Cache-Status: edge; hit")


def test_a_weight_is_what_users_get_and_a_rollback_is_proven(edge):
    """1,000 users who never came before: 4 standard deviations around their share, once nginx has read it again."""
    target, traffic = edge
    witness = Witness(target, RELEASE)
    for pct, least, most in ((100, 1000, 1000), (10, 60, 140), (50, 430, 570)):
        traffic.set_weight(pct)
        assert traffic.weight_pct() == pct
        must_become(lambda: least <= witness.ask_new(1000)["canary"] <= most, f"{pct} % of users reach it")  # noqa: B023
    rolled_back = roll_back(traffic, witness, 50, 60)
    assert rolled_back.claim is None and rolled_back.zero.proven, rolled_back.sentence
    assert traffic.weight_pct() == 0
