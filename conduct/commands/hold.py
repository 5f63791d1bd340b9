"""Says HOLD to whoever conducts the newest run (or --run DIR): traffic does not rise from its next look on.

It goes on with `python -m ramp resume`. The safe direction asks for no sign-off.

python -m ramp hold               the newest run
python -m ramp hold --run=DIR     this one
"""

from argparse import ArgumentParser, Namespace

from conduct.common_options import takes
from conduct.speaking import speak
from ramp.happened import Word


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "run")


def run(options: Namespace) -> int:
    return speak(options, Word.HOLD, "Traffic does not rise until `python -m ramp resume`.")
