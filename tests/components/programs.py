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

FOLDER = Path(__file__).parents[2] / ".tools" / "components"
# Each program, and the libraries that Debian keeps in packages of their own.
PACKAGES = ("prometheus", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1")
READY_S, DOWNLOAD_S = 20, 240


def unpacked() -> Path:
    """The folder that stands for `/`. Fails, and never skips, where the packages cannot be had."""
    root = FOLDER / "root"
    if (root / "done").exists():
        return root
    needs = "components need apt-get and dpkg of Debian or Ubuntu, and a mirror that answers (perhaps: apt-get update)"
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            pytest.fail(f"there is no {program} here; {needs}", pytrace=False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    root.mkdir(parents=True)
    _run(["apt-get", "download", *PACKAGES], needs)
    for package in sorted(FOLDER.glob("*.deb")):
        _run(["dpkg", "-x", str(package), str(root)], needs)
    (root / "done").touch()
    return root


def _run(argv: list[str], needs: str) -> None:
    ended = subprocess.run(argv, cwd=FOLDER, capture_output=True, text=True, timeout=DOWNLOAD_S, check=False)
    if ended.returncode:
        why = " ".join(ended.stderr.split())[-300:]
        pytest.fail(f"{' '.join(argv)} ended with status {ended.returncode}: {why}; {needs}", pytrace=False)


@contextmanager
def running(program: str, *argv: str, ready: Callable[[], bool]) -> Iterator[None]:
    """Runs `program`, by its path in the packages, until the block ends, and begins once it is `ready`."""
    root = unpacked()
    libraries = root / "usr/lib" / f"{os.uname().machine}-linux-gnu"
    log = FOLDER / f"{Path(program).name}.log"
    with log.open("wb") as said:
        argv = (str(root / program), *argv)
        process = subprocess.Popen(argv, env={"LD_LIBRARY_PATH": str(libraries)}, stdout=said, stderr=said)
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
