"""Ends the payments that a dead process left open: looked up, asked for once more, cancelled. Never paid twice.

With a live key a payment is asked for once more only where all that live payments need is there.
"""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import allow_live_payments, newest, opened
from conduct.open_payments import recover_open_payments
from fixtures.payments.store import LedgerUnavailable
from ramp.decision import Action
from ramp.observation import NoEvidence


def add_arguments(parser: ArgumentParser) -> None:
    allow_live_payments(parser)


def run(options: Namespace) -> int:
    """HOLD's exit status where a payment is still held. Raises NoEvidence where none could be looked up."""
    run = opened(options, folder=options.run or newest())
    run.site.must_allow("recover payments")
    try:
        recovered = recover_open_payments(run)
    except LedgerUnavailable as unavailable:
        raise NoEvidence(f"nothing was recovered: {unavailable}") from None
    for payment in recovered:
        print(payment)
    held = sum(payment.why is not None for payment in recovered)
    print(f"{len(recovered)} open payments, {held} of them still held." if recovered else "No payment was left open.")
    return Action.HOLD.exit_code if held else 0
