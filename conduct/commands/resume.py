"""Takes HOLD back, and has a weight that could not be set set again once the stage before is judged anew.

What a gate holds it does not release: that takes GREEN, or a sign-off.

python -m ramp resume               the newest run
python -m ramp resume --run=DIR     this one
"""

from argparse import ArgumentParser, Namespace

from conduct.common_options import takes
from conduct.speaking import speak
from ramp.happened import Word


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "run")


def run(options: Namespace) -> int:
    return speak(options, Word.RESUME, "HOLD is taken back; what a gate holds stays held.")
