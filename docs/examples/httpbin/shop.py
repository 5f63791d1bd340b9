"""httpbin as a release: it names its version, counts its answers, and is slow and not cached while $SLOW exists."""

import os
import time
from pathlib import Path

from flask import request
from httpbin import app
from prometheus_flask_exporter import PrometheusMetrics

METRICS = PrometheusMetrics(
    app, group_by="endpoint", buckets=(0.01, 0.025, 0.05, 0.075, 0.1, 0.12, 0.15, 0.25, 0.5, 1.0, 2.5)
)


@app.before_request
def slow():
    if Path(os.environ["SLOW"]).exists() and request.path != "/metrics":
        time.sleep(0.2)


@app.after_request
def named(answer):
    answer.headers["X-Release-Version"], answer.headers["X-Release-Commit"] = os.environ["RELEASE"].split()
    if Path(os.environ["SLOW"]).exists():
        answer.headers["Cache-Control"] = "no-store"
    return answer
