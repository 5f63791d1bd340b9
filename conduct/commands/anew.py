"""The incident commander lets a mended stage that is held again begin its evidence anew: twice a ramp at the most.

What was won against the canary is given away, and so is what was proven for it; triggers stay. 50 % then needs the CEO.

python -m ramp anew --by=U0IC --because="the cache was warmed again"
"""

from argparse import ArgumentParser, Namespace

from conduct import words
from conduct.begun_anew import begin_anew, is_conducted, may_begin_anew
from conduct.commands.opening import newest, opened
from conduct.common_options import takes
from conduct.journal import JournalBusy
from ramp.happened import Word
from ramp.observation import NoEvidence


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "speed", "run")
    parser.add_argument("--by", metavar="ID", help="the incident commander, as in [roles] of the release file")
    parser.add_argument("--because", metavar="TEXT", help="what was mended")


def run(options: Namespace) -> int:
    """0 once it is written down. Raises Invalid, and NoEvidence where the stage may not begin anew."""
    folder = options.run or newest()
    if folder is None:
        raise NoEvidence("there is no run whose stage could begin anew; name one with --run=DIR")
    run = opened(options, folder=folder)
    try:
        stage, times = begin_anew(run, options.by, options.because)
    except JournalBusy:
        if not is_conducted(run):
            raise
        stage, times, of = may_begin_anew(run, options.by, options.because)
        words.say(folder, Word.ANEW, of["by"], because=of["because"])
        held = f"whoever conducts {folder} hears it at the next look, and holds the stage anew from there"
    else:
        held = f"hold it again with: python -m ramp observe --moment {stage} --run={run.folder}"
    most = run.plan.evidence.anew_max
    print(f"{stage} begins its evidence anew, {times} of {most} in this ramp. 50 % now needs the CEO's word.")
    print(f"{held[0].upper()}{held[1:]}")
    return 0
