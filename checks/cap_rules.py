"""The caps, as properties: each says what holds whatever is asked of the ledger, and in whatever order.

A property takes `made`, which makes an empty ledger on the engine of the release's own, and is tried with many
histories. Its caps are smaller than the owner's, so that a short history reaches them; the owner's own numbers are
offered to the payer in `test_caps.py`.
"""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fixtures.payments.ledger import CapLedger, LedgerUnavailable
from fixtures.payments.scratch_ledgers import Made
from ramp.caps import CapExceeded, Caps, Entry, IllegalMove, KeyConflict, State
from ramp.probes import Proof

SMALL = Caps(count_max=4, amount_cents_max=2000, total_cents_max=5000)
KEYS = [f"key-{number}" for number in range(7)]
MOVES = {
    "send": lambda ledger, key: ledger.mark_sent(key),
    "authorise": lambda ledger, key: ledger.authorized(key, f"pi_{key}"),
    "send capture": lambda ledger, key: ledger.mark_capture_sent(key),
    "capture": lambda ledger, key: ledger.captured(key),
    "void": lambda ledger, key: ledger.voided(key),
    "decline": lambda ledger, key: ledger.declined(key, "do_not_honor"),
    "lose": lambda ledger, key: ledger.unknown(key),
    "release": lambda ledger, key: ledger.release(key),
    "refund": lambda ledger, key: ledger.refunded(key),
}
amounts = st.sampled_from([1, 500, 1999, 2000])
asked = st.tuples(st.sampled_from(KEYS), amounts)
paths = st.sampled_from(
    [
        ["send", "authorise", "send capture", "capture"],
        ["send", "authorise", "send capture", "capture", "refund"],
        ["send", "authorise", "void"],
        ["send", "decline"],
        ["send", "lose"],
        ["send"],
        ["release"],
        [],
    ]
)
tried = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    phases=[Phase.generate],  # a broken rule is told at once: what broke it need not be the shortest history
    suppress_health_check=list(HealthCheck),
)


def never_over_a_cap(made: Made) -> None:
    """Never more than so many payments, so much for one and so much in all, at any point of any history."""

    @tried
    @given(st.lists(st.tuples(asked, paths), min_size=4, max_size=9))
    def holds(history: list) -> None:
        ledger = made(SMALL)
        for (key, amount_cents), path in history:
            if _reserved(ledger, key, amount_cents):
                _walk(ledger, key, path)
            spend = ledger.spend()
            assert spend.count <= SMALL.count_max, f"{spend.count} payments"
            assert spend.total_cents <= SMALL.total_cents_max, f"{spend.total_cents} cents in all"
            entries = ledger.entries()
            largest_cents = max((entry.amount_cents for entry in entries), default=0)
            assert largest_cents <= SMALL.amount_cents_max, f"a payment of {largest_cents} cents"
            assert (spend.count, spend.total_cents) == _counted(entries), "a count of its own"

    holds()


def no_amount_but_whole_cents_from_one_to_the_cap(made: Made) -> None:
    """An amount is a whole number of cents, at least 1 and at most what one payment may be."""
    ledger = made(SMALL)

    @tried
    @given(st.sampled_from([0, -1, 2001, 1.0, True, "1", None]))
    def holds(amount_cents: object) -> None:
        try:
            ledger.reserve("key", amount_cents)  # type: ignore[arg-type]
        except (CapExceeded, TypeError):
            assert not ledger.entries(), f"{amount_cents!r} was refused and entered"
        else:
            raise AssertionError(f"{amount_cents!r} was taken")

    holds()


def a_key_is_one_payment(made: Made) -> None:
    """A key that was used answers with its payment, and with nothing else than its own amount: it never pays twice."""

    @tried
    @given(asked, paths, amounts)
    def holds(first: tuple, path: list, again_cents: int) -> None:
        ledger = made(SMALL)
        key, amount_cents = first
        ledger.reserve(key, amount_cents)
        _walk(ledger, key, path)
        before = ledger.entries()
        try:
            entry = ledger.reserve(key, again_cents)
            assert again_cents == amount_cents, f"{key} was taken for {amount_cents} and for {again_cents} cents"
            assert entry == before[0], "a used key was answered with another payment"
        except KeyConflict:
            assert again_cents != amount_cents, f"{key} was refused for its own amount"
        assert ledger.entries() == before, "asking again changed something"

    holds()


def only_what_moved_no_money_gives_back(made: Made) -> None:
    """A refund gives nothing back; a decline or a cancelled authorisation gives back its cents, not its number; only
    what was never sent gives back both."""

    @tried
    @given(amounts, paths)
    def holds(amount_cents: int, path: list) -> None:
        ledger = made(SMALL)
        ledger.reserve("key", amount_cents)
        _walk(ledger, "key", path)
        state, spend = ledger.entries()[0].state, ledger.spend()
        counted = 0 if state is State.RELEASED else 1
        held = 0 if state in (State.RELEASED, State.DECLINED, State.VOIDED) else amount_cents
        assert (spend.count, spend.total_cents) == (counted, held), f"{state} counts {spend.count}, {spend.total_cents}"

    holds()


def nothing_is_undone(made: Made) -> None:
    """What has ended stays as it is, and what was sent is never released: every other move is refused."""

    @tried
    @given(paths, st.sampled_from(sorted(MOVES)))
    def holds(path: list, move: str) -> None:
        ledger = made(SMALL)
        ledger.reserve("key", 500)
        _walk(ledger, "key", path)
        before = ledger.entries()[0]
        try:
            MOVES[move](ledger, "key")
        except (IllegalMove, KeyConflict):
            assert ledger.entries()[0] == before, f"{move} was refused and changed something"
        after = ledger.entries()[0].state
        assert after is before.state or before.state.may_become(after), f"{before.state} became {after}"
        unsent = before.state in (State.RESERVED, State.RELEASED)
        assert unsent or after is not State.RELEASED, "released after it was sent"

    holds()


RULES: tuple[Callable[[Made], None], ...] = (
    never_over_a_cap,
    no_amount_but_whole_cents_from_one_to_the_cap,
    a_key_is_one_payment,
    only_what_moved_no_money_gives_back,
    nothing_is_undone,
)


def proved(rule: Callable[[Made], None], made: Made) -> Proof:
    """The rule with how it was broken, if it was. Raises LedgerUnavailable: then nothing is proved."""
    claim = " ".join((rule.__doc__ or rule.__name__).split())
    try:
        rule(made)
    except LedgerUnavailable:
        raise
    except Exception as broken:
        return Proof(claim=claim, broken=f"({type(broken).__name__}: {str(broken).partition(chr(10))[0][:120]})")
    return Proof(claim=claim)


def _reserved(ledger: CapLedger, key: str, amount_cents: int) -> bool:
    try:
        ledger.reserve(key, amount_cents)
    except (CapExceeded, KeyConflict):
        return False
    return True


def _counted(entries: list[Entry]) -> tuple[int, int]:
    """Payments and cents that count: what is held or captured with both, what was declined or voided in number only."""
    return sum(entry.state.counts for entry in entries), sum(
        entry.amount_cents for entry in entries if entry.state.holds_cents
    )


def _walk(ledger: CapLedger, key: str, path: list[str]) -> None:
    """Takes a payment along `path`, as far as it is not further already."""
    for move in path:
        try:
            MOVES[move](ledger, key)
        except IllegalMove:
            return
