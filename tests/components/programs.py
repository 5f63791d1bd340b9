"""Real programs from Debian's packages, unpacked without root into a folder of the checkout and started on loopback."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

FOLDER = Path(os.environ.get("SHIPROOM_COMPONENTS", Path(__file__).parents[2] / ".tools" / "components"))
# Each program, and the libraries that Debian 12 keeps in packages of their own.
PACKAGES = (
    *("prometheus", "prometheus-node-exporter", "prometheus-postgres-exporter", "nginx"),
    *("haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1"),
    *("postgresql-15", "postgresql-client-15", "libpq5", "libldap-2.5-0", "libsasl2-2", "libicu72", "libxml2"),
)
NEEDS = "components need apt-get and dpkg of Debian 12 and a mirror that answers"
READY_S, DOWNLOAD_S = 20, 240


def unpacked() -> Path:
    """The folder that stands for `/`. Fails, and never skips, where the packages cannot be had."""
    root = FOLDER / "root"
    done, wanted = root / "done", "\n".join(PACKAGES)
    if done.exists() and done.read_text() == wanted:
        return root
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            pytest.fail(f"there is no {program} here; {NEEDS}", pytrace=False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    root.mkdir(parents=True)
    if _status(["apt-get", "download", *PACKAGES])[0]:  # the machine's own lists are old, or there are none yet
        (FOLDER / "lists/partial").mkdir(parents=True)
        own = ["apt-get", "-o", f"Dir::State::lists={FOLDER}/lists", "-o", f"Dir::Cache={FOLDER}/cache"]
        _run([*own, "update"])
        _run([*own, "download", *PACKAGES])
    for package in sorted(FOLDER.glob("*.deb")):
        _run(["dpkg", "-x", str(package), str(root)])
    done.write_text(wanted)
    return root


def libraries() -> Path:
    return unpacked() / "usr/lib" / f"{os.uname().machine}-linux-gnu"


def _run(argv: list[str]) -> None:
    status, why = _status(argv)
    if status:
        pytest.fail(f"{' '.join(argv)} ended with status {status}: {why}; {NEEDS}", pytrace=False)


def _status(argv: list[str]) -> tuple[int, str]:
    ended = subprocess.run(argv, cwd=FOLDER, capture_output=True, text=True, timeout=DOWNLOAD_S, check=False)
    return ended.returncode, " ".join(ended.stderr.split())[-300:]


@contextmanager
def running(program: str, *argv: str, ready: Callable[[], bool], **environment: str) -> Iterator[None]:
    """Runs `program`, by its path in the packages, until the block ends, and begins once it is `ready`."""
    log = FOLDER / f"{Path(program).name}.log"
    argv, environment = (str(unpacked() / program), *argv), {"LD_LIBRARY_PATH": str(libraries()), **environment}
    with log.open("wb") as said:
        process = subprocess.Popen(argv, env=environment, stdout=said, stderr=said)
        try:
            must_become(lambda: process.poll() is not None or ready(), f"{program} is ready")
            assert process.poll() is None, f"{program} ended with {process.returncode}: {log.read_text()[-500:]}"
            yield
        finally:
            process.terminate()
            process.wait(READY_S)


def must_become(is_so: Callable[[], bool], what: str, within_s: float = READY_S) -> None:
    """Waits for it, asking again and again. Fails after `within_s`."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, f"it took more than {within_s:g} s until {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code == 200
    except requests.RequestException:
        return False
