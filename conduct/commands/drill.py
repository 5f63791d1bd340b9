"""Drills the rollback where it harms nobody, and writes down whether it took all users back: T-10 asks for it.

python -m ramp drill           the rehearsal's own rollback
python -m ramp drill --act     a real system's, where [real.traffic.drill] of the release file says

It sends users of its own to the canary of that place, orders the release's own rollback command there, and asks until
control answers all of them. Exit status: 0 once zero is proven; 10 where it is not, or nothing could be drilled.
"""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import opened
from conduct.common_options import takes
from conduct.conclusion import open_journal
from conduct.conducting import Conducting
from conduct.drill import drill
from conduct.earlier_runs import runs_in
from conduct.interrupts import Interrupts
from conduct.lease import is_held
from ramp.decision import Action
from ramp.observation import NoEvidence
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed", "act", "run")


def run(options: Namespace) -> int:
    """Raises Invalid where no row says where, and NoEvidence where nothing could be drilled."""
    chosen = opened(options, folder=options.run)
    for folder in runs_in(chosen.folder.parent):
        if is_held(folder):  # whose newest run is asked what the weight was, should it have to be rolled back
            raise NoEvidence(f"the rollback is not drilled while a run is conducted ({folder}): drill before or after")
    conducting = Conducting(chosen, Progress())
    with Interrupts() as interrupts:
        try:
            run = conducting.begin().run
            with open_journal(run, []) as journal:
                came = drill(run, journal)
        finally:
            with interrupts.held_off():
                conducting.close()
    print(f"The rollback was drilled: {came['said']}.")
    print(f"T-10 takes it for {run.plan.probes.rollback.drill_days_max:g} days: {run.folder}")
    return 0 if came["proven"] else Action.HOLD.exit_code
