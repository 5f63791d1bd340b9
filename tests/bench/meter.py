"""A second locustfile for either side of the comparison: CPU and requests of this process, once a second."""

import json
import os
import time
from pathlib import Path

import gevent
from locust import events


@events.test_start.add_listener
def _begin(environment, **_):
    gevent.spawn(_meter, environment, Path(os.environ["METER"]))


def _meter(environment, file):
    with file.open("w") as lines:
        while True:
            total = environment.stats.total
            print(json.dumps([time.monotonic(), time.process_time(), total.num_requests]), file=lines, flush=True)
            gevent.sleep(0.5)
