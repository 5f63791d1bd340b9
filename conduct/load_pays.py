"""What load may check out: the share of its stage, and nothing where payments of its run may not go on."""

from dataclasses import astuple, replace

from conduct.live_guard import reading_account
from conduct.run import Run
from fixtures.payments.ledger import LedgerUnavailable
from fixtures.payments.probe import open_ledger
from ramp.load import checkouts_of
from ramp.observation import NoEvidence
from ramp.order import StageCheckouts
from ramp.plan import Moment

NOTHING = StageCheckouts(stage="stopped", count=0, every_s=1.0)


def share_of(run: Run, stage: Moment, hold_s: float) -> tuple[StageCheckouts, str | None]:
    """The stage's share of the checkouts; where it is none, why. The processor is asked before the first of them."""
    from fixtures.payments.reconciliation import PaymentsStopped, must_agree  # noqa: PLC0415  the SDK is slow to import

    share = checkouts_of(run.plan, stage, hold_s)
    if run.site.target.load is None or run.site.target.load.checkout_path is None:
        return share, None
    if run.payments_stopped:
        return NOTHING, f"load pays nothing: payments of this run stopped: {run.payments_stopped}"
    try:
        ledger = open_ledger(run.site.ledger_url, run.plan, run.release.version)
        beside = must_agree(ledger, reading_account(run), run.plan.caps.scope)
    except PaymentsStopped as stopped:
        run.stop_payments(stopped.reason)
        return NOTHING, f"load pays nothing: {stopped.reason}"
    except (NoEvidence, LedgerUnavailable) as missing:
        return NOTHING, f"load pays nothing: {missing}"
    return replace(share, beside=astuple(beside)), None
