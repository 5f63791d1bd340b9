"""Ctrl-C and SIGTERM end a run once; a second one tears nothing apart."""

import os
import signal
import subprocess
import sys

import pytest

from conduct import interrupts
from conduct.interrupts import Interrupts, ignored_by_children
from conduct.run import PROJECT


def press(number: signal.Signals = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupts_and_the_second_lets_it_end(number):
    """As a key that is held down, or a terminal and a supervisor at once."""
    with Interrupts() as listening:
        with pytest.raises(KeyboardInterrupt):
            press(number)
        press(signal.SIGINT)
        press(signal.SIGTERM)

        assert listening.came


def test_a_later_one_is_heard_again(monkeypatch):
    """Where something swallowed the first, nobody has to kill the process."""
    monkeypatch.setattr(interrupts, "AGAIN_S", 0.0)
    with Interrupts():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                press()


def test_what_an_interrupt_leaves_open_prints_no_traceback(monkeypatch):
    """Such as a socket: nobody can do anything about it. What happens to others is printed as ever."""
    printed = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    with Interrupts():
        Open()
        assert len(printed) == 1
        with pytest.raises(KeyboardInterrupt):
            press()
        Open()
        assert len(printed) == 1
    Open()

    assert len(printed) == 2


class Open:
    """Its end raises, as that of a socket which nobody closed does where warnings are errors."""

    def __del__(self) -> None:
        raise ResourceWarning("unclosed")


def test_what_comes_while_they_are_held_off_is_noted():
    """A decision that is being told is told to its end."""
    with Interrupts() as listening:
        with listening.held_off():
            press()

        assert listening.came


def test_what_was_ignored_stays_ignored_and_what_was_there_is_there_again():
    """As for a command that a script put into the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts() as listening:
            press()
            assert not listening.came
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_child_leaves_ctrl_c_to_its_parent():
    """Which hears it itself, and tells the child when to end."""
    asks = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    with ignored_by_children():
        child = subprocess.Popen([sys.executable, "-c", asks])

    assert child.wait() == 1
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


LEAVES_SOCKETS_OPEN = """
import os, signal, socket
from conduct.interrupts import Interrupts

class Interrupted:
    open = None
    def pytest_sessionstart(self):
        Interrupts().begin()
    def pytest_runtestloop(self):
        self.open = socket.socket()
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            socket.socket()
    def pytest_sessionfinish(self):
        self.open = None

def pytest_configure(config):
    config.pluginmanager.register(Interrupted())
"""


def test_what_ctrl_c_leaves_open_is_no_traceback_of_pytests(tmp_path):
    """Which would be its last words, and its exit status."""
    (tmp_path / "conftest.py").write_text(LEAVES_SOCKETS_OPEN, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n", "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == pytest.ExitCode.INTERRUPTED, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
