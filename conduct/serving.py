"""What may be done now, said to whoever asks by HTTP: reads, and changes nothing."""

import json
import socket
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conduct.verdict_now import Now
from ramp.decision import Action

GATE, MEASUREMENT, ROLLBACK = "/", "/measurement", "/rollback"
ASKED = ("moment", "version", "commit")
TIMEOUT_S, BODY_BYTES_MAX = 5.0, 65_536
_DECIDED_NO, _UNKNOWN, _ASKED_WRONGLY, _NO_SUCH_PATH, _NOT_ALLOWED = 409, 503, 400, 404, 405

Asked = Mapping[str, str | float]
Answering = Callable[[Asked], tuple[Now, dict[str, Any]]]


class AskedWrongly(Exception):
    """What was asked cannot be meant."""


class VerdictServer(ThreadingHTTPServer):
    """Gives each request to `answering`, which says what may be done and all of it as JSON. It raises AskedWrongly."""

    daemon_threads = True

    def __init__(self, host: str, port: int, answering: Answering) -> None:
        self.answering = answering
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: VerdictServer
    timeout = TIMEOUT_S
    server_version, sys_version, protocol_version = "shiproom", "", "HTTP/1.1"

    def do_GET(self) -> None:
        self._say(self._asked)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """As Flagger asks: what it posts says what weight the canary has."""
        self._say(lambda: {**self._posted(), **self._asked()})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library itself refuses is answered as JSON, too."""
        self._send(_NOT_ALLOWED if code == 501 else code, _hold(message or "the request is none of HTTP"))

    def log_message(self, format: str, *args: Any) -> None:
        """Whoever asks every minute fills no log."""

    def _say(self, asked: Callable[[], Asked]) -> None:
        path = urlsplit(self.path).path
        if path not in (GATE, MEASUREMENT, ROLLBACK):
            self._send(_NO_SUCH_PATH, _hold(f"there is no {path[:100]}: ask {GATE}, {MEASUREMENT} or {ROLLBACK}"))
            return
        try:
            now, said = self.server.answering(asked())
        except AskedWrongly as wrong:
            self._send(_ASKED_WRONGLY, _hold(str(wrong)))
            return
        self._send(_status(path, now), said)

    def _asked(self) -> Asked:
        """Raises AskedWrongly: a name that is misspelt must not ask for less."""
        told = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if unknown := sorted(set(told) - set(ASKED)):
            raise AskedWrongly(f"'{unknown[0][:50]}' cannot be asked for; known: {', '.join(ASKED)}")
        if any(len(values) > 1 or not values[0] for values in told.values()):
            raise AskedWrongly("each of moment, version and commit is named once, or not at all")
        return {name: values[0] for name, values in told.items()}

    def _posted(self) -> Asked:
        """Raises AskedWrongly."""
        length = self.headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()) or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            raise AskedWrongly(f"a body has a Content-Length of at most {BODY_BYTES_MAX:,} bytes")
        try:
            said = json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError):
            raise AskedWrongly("the body is no JSON") from None
        weight = said.get("canaryWeight") if isinstance(said, dict) else None
        is_pct = isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight <= 100
        if not isinstance(said, dict) or not (weight is None or is_pct):
            raise AskedWrongly("the body is to be an object, and its canaryWeight from 0 to 100")
        return {} if weight is None else {"weight_pct": weight}

    def _send(self, status: int, said: Mapping[str, Any]) -> None:
        body = json.dumps(said).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _status(path: str, now: Now) -> int:
    """200 where whoever asks there may go on: at the gate by a CONTINUE, at the rollback by a ROLLBACK; a measurement
    was made, whatever it says."""
    wanted = {GATE: Action.CONTINUE, ROLLBACK: Action.ROLLBACK}.get(path, now.action)
    if now.action is wanted:
        return 200
    return _DECIDED_NO if now.is_decided else _UNKNOWN


def _hold(reason: str) -> dict[str, Any]:
    return {"action": Action.HOLD.value, "reason": reason, "at": None}
