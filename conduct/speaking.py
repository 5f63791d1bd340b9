"""How a command says a word to the process that conducts a run."""

import getpass
from argparse import Namespace

from conduct import words
from conduct.commands.opening import newest
from conduct.lease import HEARS, LOCK, is_held
from ramp.decision import Action
from ramp.happened import Word
from ramp.observation import NoEvidence


def speak(options: Namespace, word: Word, meaning: str) -> int:
    """10 where nobody hears it: no process conducts the run, or one that only watches it. Raises NoEvidence where there
    is no run."""
    folder = options.run or newest()
    if folder is None or not folder.exists():
        raise NoEvidence("there is no run to speak to; name it with --run=DIR")
    words.say(folder, word, getpass.getuser())
    if is_held(folder, HEARS):
        print(f"{word} is said to {folder}: it is heard at the next look. {meaning}")
        return 0
    if is_held(folder):
        print(f"{word} is written down, and nobody hears it: {folder} is only watched, and nothing moves its traffic.")
        print(f"To conduct it: `python -m ramp run --run={folder}`; to take it back: `python -m ramp rollback`")
        return Action.HOLD.exit_code
    print(f"{word} is written down, and nobody conducts {folder} ({LOCK} is free): `python -m ramp run --run={folder}`")
    return Action.HOLD.exit_code
