"""A run's journal made for whoever asks what may be done, and a server that answers of it."""

import http.client
import json
import threading
import tomllib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from conduct.commands import verdict
from conduct.journal import Journal
from conduct.serving import VerdictServer
from ramp import happened
from ramp.__main__ import _options
from tests.conftest import PROJECT
from tests.journals import begin, decide
from tests.samples import gates, latency, probes

MIN = timedelta(minutes=1)
RELEASE = PROJECT / "release.toml"
COMMIT = tomllib.loads(RELEASE.read_text("utf-8"))["commit"]


def write_run(folder, plan, *moments, ago_min=1.0, last=None, happens=(), **facts):
    """A journal whose `moments` are CONTINUE, the last of them so long ago, and as the verdict `last` says."""
    at = datetime.now(UTC) - ago_min * MIN
    with Journal(folder) as journal:
        begin(journal, plan, at - 60 * MIN, **({"speed": 1, "commit": COMMIT} | facts))
        for moment in moments:
            is_last = last is not None and moment == moments[-1]
            told = gates(moment, last(moment) if is_last else latency(moment)) if moment != "t_minus_10" else probes()
            decide(journal, plan, told, plan.moment(moment).hold_min, at)
        for event in happens:
            journal.append("happened", at, event=happened.record(event))
    return folder


@contextmanager
def served(folder, *typed):
    """The address of a server of this process that answers of `folder`."""
    options = _options(["verdict", f"--run={folder}", f"--release={RELEASE}", *typed])
    with VerdictServer("127.0.0.1", 0, lambda asked: verdict._answer(options, asked)[:2]) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address
        server.shutdown()


def ask(address, path="/", method="GET", body=None):
    """Status and what was said."""
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, json.loads(said) if said else {}
