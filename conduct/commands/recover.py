"""Ends the payments that a dead process left open: looked up, asked for once more, cancelled. Never paid twice.

With a live key a payment is asked for once more only where all that live payments need is there.

With --settle it enters what a person found out about one payment that nothing else can end, and asks for nothing.

python -m ramp recover                                a rehearsal's; on a real target also --act
python -m ramp recover --settle KEY=voided --because "the dashboard says canceled"
"""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import allow_live_payments, named_or_newest, opened
from conduct.common_options import takes
from conduct.open_payments import recover_open_payments
from conduct.settling import parsed, settle
from fixtures.payments.store import LedgerUnavailable
from ramp.decision import Action
from ramp.observation import NoEvidence
from ramp.validation import Invalid


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "act", "run")
    allow_live_payments(parser)
    parser.add_argument("--settle", metavar="KEY=OUTCOME", help="one payment was never_made, voided or captured")
    parser.add_argument("--because", metavar="TEXT", help="with --settle: how you know")
    parser.add_argument("--by", metavar="NAME", help="with --settle: who says so (default: your login name)")


def run(options: Namespace) -> int:
    """HOLD's exit status where a payment is still held. Raises NoEvidence where none could be looked up."""
    if options.settle is None and (options.because or options.by):
        raise Invalid("recover", ["--because and --by go with --settle KEY=OUTCOME"])
    by_hand = parsed(options.settle, options.because, options.by) if options.settle is not None else None
    run = opened(options, folder=named_or_newest(options))
    if by_hand:
        before, after = settle(run, *by_hand)
        print(f"{by_hand[0]}: {before or 'not in the ledger'} -> {after}, settled by {by_hand[3]}: {by_hand[2]}")
        return 0
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
