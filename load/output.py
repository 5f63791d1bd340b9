"""What the load leaves behind: a line of sums a second, a file once all traffic flows, Locust's own report."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.html import get_html_report
from locust.runners import STATE_MISSING, MasterRunner

from load.masked_report import masked_report
from load.recorder import Recorder
from ramp.order import Order

SECONDS_FILE, READY_FILE, HTML_FILE = "seconds.jsonl", "ready", "locust.html"
CHECKOUTS_FILE, CHECKOUTS = "checkouts.json", "checkouts"  # what may be paid now: the file, and the message to workers
CHECKOUTS_LOOK_EVERY_S = 0.1
LINE_EVERY_S = 1.0
FIRST_LINES_EVERY_S = 0.1
LAST_LINES_S = 5.0
OUTPUT_FAILED_EXIT = 74


class Output:
    """Writes for this process, or for all workers of this master. What cannot be written ends the process: load that
    is not recorded is not brought."""

    def __init__(self, folder: Path, environment: Environment, order: Order, recorder: Recorder) -> None:
        self._folder = folder
        self._environment = environment
        assert environment.runner is not None
        self._runner = environment.runner
        self._order = order
        self._recorder = recorder
        self._answered: set[str] = set()
        self._over: set[str] = set()
        self._missing: set[str] = set()
        self._flows = False
        self._finished = False
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = self._or_end(lambda: os.open(folder / SECONDS_FILE, flags, 0o644))
        environment.events.worker_report.add_listener(self._take)

    def write_until_over(self, begun: Event) -> None:
        """A line every second from when all users have begun until the hold is over; then the load ends by itself."""
        begun.wait()
        until_s = time.monotonic() + self._order.hold_s
        gevent.spawn(self._pass_on_checkouts)
        while (left_s := until_s - time.monotonic()) > 0:
            gevent.sleep(min(LINE_EVERY_S if self._flows else FIRST_LINES_EVERY_S, left_s))
            self._look_for_workers()
            self._append(self._recorder.line(time.monotonic()))
        self.finish()
        self._runner.quit()

    def _pass_on_checkouts(self) -> None:
        """Tells every process which stage may be paid in whenever that changes; this one too, where it has users."""
        file, said = self._folder / CHECKOUTS_FILE, ""
        while not self._finished:
            text = file.read_text("utf-8") if file.exists() else ""
            if text != said:
                said = text
                self._runner.send_message(CHECKOUTS, text)
            gevent.sleep(CHECKOUTS_LOOK_EVERY_S)

    def finish(self) -> None:
        """Stops the users, waits for every worker's last line, and writes the report. Twice is fine."""
        if self._finished:
            return
        self._finished = True
        runner = self._runner
        runner.stop()
        deadline = time.monotonic() + LAST_LINES_S
        workers = set(runner.clients) - self._missing if isinstance(runner, MasterRunner) else set()
        while not workers <= self._over and time.monotonic() < deadline:
            gevent.sleep(0.05)
        self._recorder.lost += len(workers - self._over)
        self._append(self._recorder.line(time.monotonic()))
        html = masked_report(get_html_report(self._environment, show_download_link=False))
        self._or_end(lambda: (self._folder / HTML_FILE).write_text(html, "utf-8"))

    def _take(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        """A worker's line. Its seconds are this process's seconds, so they are not counted again, and its clock may be
        another machine's."""
        if "load" not in data:
            return
        self._append(data["load"] | {"seconds_s": 0.0, "at_s": time.time()})
        if data["load"]["over"]:
            self._over.add(client_id)

    def _look_for_workers(self) -> None:
        runner = self._runner
        if isinstance(runner, MasterRunner) and not self._finished:
            here = {worker.id for worker in runner.clients.all if worker.state != STATE_MISSING}
            gone = set(runner.worker_indexes) - here - self._missing
            self._recorder.lost += len(gone)
            self._missing |= gone

    def _append(self, line: dict[str, Any]) -> None:
        data = (json.dumps(line, separators=(",", ":")) + "\n").encode()
        self._or_end(lambda: _write_whole(self._file, data))
        self._answered |= {aim for aim, _, cell in line["cells"] if set(cell["outcomes"]) - {"no_answer"}}
        if not self._flows and len(self._answered) == len(self._order.users) and self._all_users_are_there():
            self._flows = True
            self._or_end((self._folder / READY_FILE).touch)

    def _all_users_are_there(self) -> bool:
        return bool(self._runner.user_count >= sum(self._order.users.values()))

    def _or_end(self, write: Callable[[], Any]) -> Any:
        try:
            return write()
        except OSError as failed:
            print(f"load cannot write to {self._folder}: {failed}", file=sys.stderr, flush=True)
            os._exit(OUTPUT_FAILED_EXIT)


def _write_whole(file: int, data: bytes) -> None:
    if os.write(file, data) != len(data):
        raise OSError("no space was left for a whole line")
