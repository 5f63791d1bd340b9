"""The caps, as properties: each says what holds whatever is asked of the ledger, and in whatever order.

A property takes `made`, which makes an empty ledger on the engine of the release's own, and is tried with many
histories, or with every move from every state. Its caps are smaller than the owner's, so that a short history reaches
them; the owner's own numbers are offered to the payer in `test_caps.py`. What may become of a payment stands in
`payment_moves.py`, written out by hand.
"""

from collections.abc import Callable, Iterable, Iterator

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from checks.payment_moves import LEADS_TO, MAY, MOVES, PATHS, counts
from fixtures.payments.ledger import CapLedger, LedgerUnavailable
from fixtures.payments.scratch_ledgers import Made
from ramp.caps import CapExceeded, Caps, Entry, IllegalMove, KeyConflict
from ramp.observation import NoEvidence
from ramp.probes import Proof

SMALL = Caps(count_max=4, amount_cents_max=2000, total_cents_max=5000)
ROOMY = Caps(count_max=100, amount_cents_max=2000, total_cents_max=200_000)
KEYS = [f"key-{number}" for number in range(7)]
amounts = st.sampled_from([1, 500, 1999, 2000])
asked = st.tuples(st.sampled_from(KEYS), amounts)
paths = st.sampled_from(list(PATHS.values()))
tried = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    report_multiple_bugs=False,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a broken rule is told at once: what broke it need not be the shortest history
    suppress_health_check=list(HealthCheck),
)


class Broken(Exception):
    """A rule of the caps does not hold: raised, never asserted, so that no switch of Python's takes it away."""


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def never_over_a_cap(made: Made) -> None:
    """Never more than so many payments, so much for one and so much in all, at any point of any history."""

    @tried
    @example([((key, 2000), ["send"]) for key in KEYS])
    @example([((key, 1), ["send", "decline"]) for key in KEYS])
    @given(st.lists(st.tuples(asked, paths), min_size=4, max_size=9))
    def holds(history: list) -> None:
        ledger = made(SMALL)
        for (key, amount_cents), path in history:
            if _reserved(ledger, key, amount_cents):
                _walk(ledger, key, path)
            spend = ledger.spend()
            _must(spend.count <= SMALL.count_max, f"{spend.count} payments")
            _must(spend.total_cents <= SMALL.total_cents_max, f"{spend.total_cents} cents in all")
            entries = ledger.entries()
            largest_cents = max((entry.amount_cents for entry in entries), default=0)
            _must(largest_cents <= SMALL.amount_cents_max, f"a payment of {largest_cents} cents")
            _must((spend.count, spend.total_cents) == _counted(entries), "a count of its own")

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
            _must(not ledger.entries(), f"{amount_cents!r} was refused and entered")
        else:
            raise Broken(f"{amount_cents!r} was taken")

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
            _must(again_cents == amount_cents, f"{key} was taken for {amount_cents} and for {again_cents} cents")
            _must(entry == before[0], "a used key was answered with another payment")
        except KeyConflict:
            _must(again_cents != amount_cents, f"{key} was refused for its own amount")
        _must(ledger.entries() == before, "asking again changed something")

    holds()


def only_what_moved_no_money_gives_back(made: Made) -> None:
    """A refund gives nothing back; a decline or a cancelled authorisation gives back its cents, not its number; only
    what certainly was not made gives back both."""
    ledger, expected = made(ROOMY), (0, 0)
    for state, path in PATHS.items():
        for amount_cents in (1, 1999):
            _brought(ledger, f"{state} {amount_cents}", amount_cents, path)
            expected = expected[0] + counts(state)[0], expected[1] + amount_cents * counts(state)[1]
            spend = ledger.spend()
            counted = (spend.count, spend.total_cents)
            _must(counted == expected, f"with a payment that is {state} {counted} are counted, not {expected}")


def only_what_may_happen_next_is_taken(made: Made) -> None:
    """From every state every move is tried: what has ended stays as it is, what was sent is never released, and nothing
    is refused that a payment must be able to do."""
    for state in PATHS:
        only_what_may_happen_next_from(made, state, MOVES)


def only_what_may_happen_next_from(made: Made, state: str, moves: Iterable[str]) -> None:
    """The same from one state, with some of the moves: each that may be is asked of a payment of its own, the others
    one after the other of one that they must leave as it is."""
    ledger, listed = made(ROOMY), list(moves)
    legal = [move for move in listed if move in MAY[state]]
    for key, tried_now in [*((move, [move]) for move in legal), ("others", [m for m in listed if m not in legal])]:
        before = _brought(ledger, key, 500, PATHS[state])
        _must(before.state == state, f"{', '.join(PATHS[state]) or 'nothing'} led to {before.state}, not to {state}")
        for move in tried_now:
            taken, may, stays = _taken(ledger, key, move, state), move in legal, LEADS_TO[move] == state
            after = ledger.reserve(key, 500)
            _must(taken == (may or stays), f"{move} from {state} was {'taken' if taken else 'refused'}")
            _must(after.state == (LEADS_TO[move] if may else state), f"{move} from {state} led to {after.state}")
            _must(may or after == before, f"{move} from {state} may not be, and changed something")


RULES: tuple[Callable[[Made], None], ...] = (
    never_over_a_cap,
    no_amount_but_whole_cents_from_one_to_the_cap,
    a_key_is_one_payment,
    only_what_moved_no_money_gives_back,
    only_what_may_happen_next_is_taken,
)


def proved(rule: Callable[[Made], None], made: Made) -> Proof:
    """The rule with how it was broken, if it was. Raises LedgerUnavailable, and NoEvidence where it could not be tried
    to its end: then nothing is proved."""
    claim = " ".join((rule.__doc__ or rule.__name__).split())
    try:
        rule(made)
    except LedgerUnavailable:
        raise
    except Exception as failed:  # also what a time-out raises, from wherever it comes
        if broken := next(_breaches(failed), None):
            return Proof(claim=claim, broken=f"({str(broken)[:120]})")
        why = f"{type(failed).__name__}: {str(failed).partition(chr(10))[0][:120]}"
        raise NoEvidence(f"a rule of the caps could not be tried to its end ({why}): {claim}") from None
    return Proof(claim=claim)


def _breaches(failed: BaseException) -> Iterator[Broken]:
    """What was broken, also where it was not broken again when it was tried again."""
    if isinstance(failed, Broken):
        yield failed
    for each in (*getattr(failed, "exceptions", ()), failed.__cause__, failed.__context__):
        if each is not None:
            yield from _breaches(each)


def _reserved(ledger: CapLedger, key: str, amount_cents: int) -> bool:
    try:
        return bool(ledger.reserve(key, amount_cents))
    except (CapExceeded, KeyConflict):
        return False


def _counted(entries: list[Entry]) -> tuple[int, int]:
    """Payments and cents that count."""
    each = [(*counts(entry.state.value), entry.amount_cents) for entry in entries]
    return sum(number for number, _, _ in each), sum(money * cents for _, money, cents in each)


def _taken(ledger: CapLedger, key: str, move: str, state: str) -> bool:
    try:
        MOVES[move](ledger, key)
    except IllegalMove:
        return False
    except LedgerUnavailable as refused:
        ledger.entries()  # raises where it cannot be used at all; else only this move was more than it holds
        raise Broken(f"{move} from {state} was no illegal move, and could not be entered: {refused}") from None
    return True


def _brought(ledger: CapLedger, key: str, amount_cents: int, path: list[str]) -> Entry:
    """A new payment, brought along all of `path`."""
    entry = ledger.reserve(key, amount_cents)
    for move in path:
        try:
            entry = MOVES[move](ledger, key)
        except IllegalMove as refused:
            raise Broken(f"{', '.join(path)} must be possible, and {refused}") from None
    return entry


def _walk(ledger: CapLedger, key: str, path: list[str]) -> None:
    """Takes a payment along `path`, as far as it is not further already."""
    for move in path:
        try:
            MOVES[move](ledger, key)
        except IllegalMove:
            return
