"""How a command says a word to the process that conducts a run."""

import getpass
from argparse import Namespace

from conduct import words
from conduct.commands.opening import newest
from conduct.lease import LOCK, is_held
from ramp.decision import Action
from ramp.happened import Word
from ramp.observation import NoEvidence


def speak(options: Namespace, word: Word, meaning: str) -> int:
    """10 where nobody conducts the run, who would hear it. Raises NoEvidence where there is no run."""
    folder = options.run or newest()
    if folder is None or not folder.exists():
        raise NoEvidence("there is no run to speak to; name it with --run=DIR")
    words.say(folder, word, getpass.getuser())
    if is_held(folder):
        print(f"{word} is said to {folder}: it is heard at the next look. {meaning}")
        return 0
    print(f"{word} is written down, and nobody conducts {folder} ({LOCK} is free): `python -m ramp run --run={folder}`")
    return Action.HOLD.exit_code
