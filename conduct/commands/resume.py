"""Takes HOLD back, and has a weight that could not be set set again once the stage before is judged anew.

What a gate holds it does not release: that takes GREEN, or a sign-off.
"""

from argparse import ArgumentParser, Namespace

from conduct.speaking import speak
from ramp.happened import Word


def add_arguments(parser: ArgumentParser) -> None:
    """None of its own."""


def run(options: Namespace) -> int:
    return speak(options, Word.RESUME, "HOLD is taken back; what a gate holds stays held.")
