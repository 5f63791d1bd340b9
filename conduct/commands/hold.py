"""Says HOLD to whoever conducts the newest run (or --run DIR): traffic does not rise from its next look on.

It goes on with `python -m ramp resume`. The safe direction asks for no sign-off.
"""

from argparse import ArgumentParser, Namespace

from conduct.speaking import speak
from ramp.happened import Word


def add_arguments(parser: ArgumentParser) -> None:
    """None of its own."""


def run(options: Namespace) -> int:
    return speak(options, Word.HOLD, "Traffic does not rise until `python -m ramp resume`.")
