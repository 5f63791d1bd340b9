"""Tries every configured query and probe once, read-only; says what each returned or what to change."""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import opened
from conduct.conducting import Conducting
from conduct.doctor import findings
from ramp.decision import Action
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """None of its own."""


def run(options: Namespace) -> int:
    """HOLD's exit status where something needs a change."""
    run = opened(options, folder=None)
    broken = 0
    with Conducting(run, Progress()) as conducting:
        if conducting.run.site.may("set the weight"):
            conducting.observe(run.plan.moment("t_minus_10"))  # nothing reports on traffic that is not there
        for finding in findings(conducting.run):
            broken += not finding.works
            print(f"{'ok  ' if finding.works else 'FAIL'}  {finding.what}: {finding.said}")
    print(f"\n{broken} of these need a change." if broken else "\nEverything answers.")
    return Action.HOLD.exit_code if broken else 0
