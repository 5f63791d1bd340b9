"""Measures the load generator against a server of known latency, and fails where a lie would begin.

`python -m tests.bench.load_bench` (`tox -e bench`). wrk and hey stand beside it where they are on the PATH.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from urllib.request import urlopen

import psutil

from fixtures.load import Load
from ramp.brought import Brought
from ramp.order import AIMS, Order
from ramp.tally import quantile_s

BENCH = Path(__file__).parent
PROJECT = BENCH.parents[1]
VERSION = "v20261124.1"
ROUNDS, SECONDS, USERS = 5, 5.0, 20
OVERHEAD_RATIO_MIN, P95_ERROR_S_MAX = 0.90, 0.0005
TRUE_S = 0.1244
ASK = '{"question": "Why?"}'

ORDER = Order(
    version=VERSION,
    header="x-canary",
    canary="always",
    control="never",
    per_s=dict.fromkeys(AIMS, 40.0),
    users=dict.fromkeys(AIMS, 10),
    ramp_s=0.1,
    hold_s=6.0,
    pages=("/courses",),
    asks=(("/api/tutor", ASK), ("/api/quiz", ASK)),
    checkout_path=None,
    checkout_cents=1,
    checkouts_max=0,
    caps=(1, 1, 1),
)


@contextmanager
def known_server(latency_s: float = 0, stall_at_s: float = 0, stall_s: float = 0) -> Iterator[str]:
    argv = [sys.executable, str(BENCH / "known_server.py"), VERSION, str(latency_s), str(stall_at_s), str(stall_s)]
    server = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.wait()


def brought(url: str, order: Order) -> Brought:
    """All that `order` came to at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        load = Load.start(order, url, "", Path(folder))
        try:
            load.wait_until_flowing()
            while not load.ended():
                load.look()
                time.sleep(0.2)
            return load.stop()
        finally:
            load.end()


def locust_per_cpu_s(kind: str, url: str) -> float:
    """Requests per CPU-second of one Locust at its limit, without its start."""
    with tempfile.TemporaryDirectory() as folder:
        meter = Path(folder) / "meter"
        locustfile = BENCH / "bare.py" if kind == "bare" else PROJECT / "load" / "locustfile.py"
        argv = [sys.executable, "-m", "locust", "-f", f"{locustfile},{BENCH / 'meter.py'}", "--headless"]
        argv += ["--only-summary", "--host", url, "--users", str(USERS), "--spawn-rate", "200"]
        if kind == "ours":
            users = dict.fromkeys(AIMS, 0) | {"canary": USERS}
            endless = replace(ORDER, per_s=dict.fromkeys(AIMS, 1e6), users=users, hold_s=60.0)
            argv += ["--order", endless.text(), "--output", folder, "CanaryUser"]
        environment = os.environ | {"METER": str(meter), "PYTHONPATH": str(PROJECT)}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(argv, env=environment, stdout=quiet, stderr=quiet)
        try:
            rows = _rows_after(process, meter)
        finally:
            process.kill()
            process.wait()
    (_, cpu_then_s, then), (_, cpu_now_s, now) = rows
    return (now - then) / (cpu_now_s - cpu_then_s)


def _rows_after(process: subprocess.Popen[bytes], meter: Path) -> tuple[list[float], list[float]]:
    """What the meter said one second after the start, and `SECONDS` later."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        rows = [json.loads(row) for row in meter.read_text().splitlines()] if meter.exists() else []
        if rows and rows[-1][0] - rows[0][0] > SECONDS + 1:
            return next(row for row in rows if row[0] - rows[0][0] > 1), rows[-1]
        time.sleep(0.1)
    raise SystemExit(f"Locust ended with status {process.poll()} before it was measured")


def reference_per_cpu_s(argv: list[str], total: str) -> float:
    """Requests per CPU-second of another generator, which says its requests in the words `total`."""
    before = psutil.Process().cpu_times()
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    after = psutil.Process().cpu_times()
    spent_s = after.children_user + after.children_system - before.children_user - before.children_system
    found = re.search(total, said)
    assert found, said
    return int(found[1]) / spent_s


def overhead() -> bool:
    """Ours at 90 % of bare FastHttpUser's requests per CPU-second or more: medians of alternating runs."""
    measured: dict[str, list[float]] = {"bare": [], "ours": []}
    with known_server() as url:
        for number in range(ROUNDS):
            for kind in sorted(measured, reverse=number % 2 == 1):
                measured[kind].append(locust_per_cpu_s(kind, url))
        references = {
            "wrk": (["wrk", "-t1", f"-c{USERS}", "-d5s", "-H", "x-canary: always", url], r"(\d+) requests in"),
            "hey": (
                ["hey", "-cpus", "1", "-c", str(USERS), "-z", "5s", "-H", "x-canary: always", url],
                r"\[200\]\s+(\d+)",
            ),
        }
        for name, (argv, total) in references.items():
            if shutil.which(name):
                measured[name] = [reference_per_cpu_s(argv, total) for _ in range(3)]
            else:
                print(f"{name:5} is not on the PATH, so it does not stand beside")
    medians = {name: median(rates) for name, rates in measured.items()}
    for name, rates in measured.items():
        runs = ", ".join(f"{rate:,.0f}" for rate in rates)
        ratio = medians[name] / medians["bare"]
        print(f"{name:5} {medians[name]:>9,.0f} requests per CPU-second, {ratio:6.3f} of bare   ({runs})")
    return medians["ours"] / medians["bare"] >= OVERHEAD_RATIO_MIN


def known_latency() -> bool:
    """P95 of a server that takes 124.4 ms is read to 0.5 ms, beyond the way there and back, and every reading is over
    120 ms. What the server really took it tells itself; the median of several runs."""
    calm = replace(ORDER, per_s=dict.fromkeys(AIMS, 15.0), users=dict.fromkeys(AIMS, 5))
    with known_server() as url:
        way_s = quantile_s(brought(url, calm).of("canary").service, 0.50)
    reads_s, took_s = [], []
    with known_server(latency_s=TRUE_S) as url:
        for _ in range(ROUNDS):
            reads_s.append(quantile_s(brought(url, calm).of("canary").service, 0.95))
            with urlopen(f"{url}/took") as told:  # noqa: S310  the server that this started
                took_s.append(quantiles(json.load(told), n=20)[-1])
    errors_s = [read_s - own_s - way_s for read_s, own_s in zip(reads_s, took_s, strict=True)]
    print(f"a server set to {1000 * TRUE_S:.1f} ms, {1000 * way_s:.1f} ms away:")
    for read_s, own_s, error_s in zip(reads_s, took_s, errors_s, strict=True):
        said = f"P95 took {1000 * own_s:.1f} ms and reads {1000 * read_s:.1f} ms"
        print(f"  {said}: off by {1000 * error_s:+.2f} ms beyond the way")
    return abs(median(errors_s)) <= P95_ERROR_S_MAX and min(reads_s) > 0.12


def stall() -> bool:
    """One stall of 2 s in 12 s, at 10 users with 10 requests a second each, shows in the corrected P95 alone."""
    order = replace(
        ORDER,
        per_s={"canary": 100.0, "control": 1.0, "split": 1.0},
        users={"canary": 10, "control": 1, "split": 1},
        hold_s=12.0,
    )
    with known_server(stall_at_s=5, stall_s=2) as url:
        canary = brought(url, order).of("canary")
    corrected_s, service_s = quantile_s(canary.corrected, 0.95), quantile_s(canary.service, 0.95)
    print(f"a stall of 2 s in 12 s: P95 as due {1000 * corrected_s:,.1f} ms, as sent {1000 * service_s:,.1f} ms")
    return corrected_s > 1.0 and service_s < 0.1


def main() -> int:
    failed = [check.__name__ for check in (known_latency, stall, overhead) if not check()]
    print(f"FAILED: {', '.join(failed)}" if failed else "all within their limits")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
