"""Whether the processor can be read, and what the target and the ledger say of the caps; nothing is paid or offered."""

import asyncio
from collections.abc import Iterator

import stripe

from conduct.doctor.asked import applies
from conduct.live_guard import reading_account
from conduct.run import Run
from fixtures.finding import Finding
from fixtures.fraud_rules import read_fraud_rules
from fixtures.payments import target_caps
from fixtures.payments.postgres_store import PostgresStore
from fixtures.payments.processor import Account, connected
from fixtures.payments.store import LedgerUnavailable
from ramp.live_guard import is_test
from ramp.observation import NoEvidence
from ramp.probes import judge_caps_target
from ramp.target import Target
from ramp.verdict import Colour


def of_payments(run: Run, target: Target) -> Iterator[Finding]:
    """The processor, the caps, the fraud rules and the ledger."""
    if applies(run.plan, "payments", "payments_settle"):
        yield _stripe(run, target)
    yield from _caps(run, target)
    yield from _fraud_rules(run, target)
    yield from _ledger(run, target)


def _stripe(run: Run, target: Target) -> Finding:
    try:
        account = reading_account(run)
        asyncio.run(_list_payments(account))
    except NoEvidence as missing:
        return Finding(what="Stripe", works=False, said=missing.reason)
    except stripe.StripeError as error:
        why = f"{target.stripe_url} does not list payments ({type(error).__name__}: {error.user_message or error})"
        return Finding(what="Stripe", works=False, said=f"{why}: check the key in {target.stripe_key_env}")
    tests = run.site.is_live and is_test(account.secret_key.get_secret_value())
    mode = ", in test mode: T-10 makes no live payments with this key, and is YELLOW" if tests else ""
    return Finding(what="Stripe", works=True, said=f"{target.stripe_url} lists payments{mode}")


async def _list_payments(account: Account) -> None:
    async with connected(account) as processor:
        await processor.payment_intents.list_async({"limit": 1})


def _caps(run: Run, target: Target) -> Iterator[Finding]:
    """What the target says of its caps; nothing is offered."""
    if target.caps is None:
        return
    try:
        said = target_caps.read(target)
    except NoEvidence as missing:
        yield Finding(what="caps", works=False, said=missing.reason)
        return
    verdict = judge_caps_target(run.plan, "caps", said, None)
    of_trial = f"{target.caps.trial_url} is offered one over them with --act" if target.caps.trial_url else verdict.why
    works = verdict.colour is not Colour.RED
    yield Finding(what="caps", works=works, said=of_trial if works else verdict.why)


def _fraud_rules(run: Run, target: Target) -> Iterator[Finding]:
    """What tells that nobody relaxes them in mid-ramp."""
    if target.fraud_rules is None:
        return
    try:
        seen = read_fraud_rules(target.fraud_rules, run.release, run.site.clock.now())
    except NoEvidence as missing:
        yield Finding(what="fraud rules", works=False, said=missing.reason)
        return
    for why in seen.refused:
        yield Finding(what="fraud rules", works=False, said=why)
    said = f"sha256 {seen.sha256}, with {target.fraud_rules.gives}"
    yield Finding(what="fraud rules", works=True, said=said)


def _ledger(run: Run, target: Target) -> Iterator[Finding]:
    """The PostgreSQL of the cap ledger, where one is named; nothing is made in it."""
    if target.ledger is None:
        return
    try:
        said = f"{target.ledger.postgres_env} leads to PostgreSQL, schema {PostgresStore(run.site.ledger_url).tried()}"
    except LedgerUnavailable as unavailable:
        yield Finding(what="payment ledger", works=False, said=str(unavailable))
    else:
        yield Finding(what="payment ledger", works=True, said=said)
