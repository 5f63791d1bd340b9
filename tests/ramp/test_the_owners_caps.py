"""B5: the caps are the owner's: whichever number the plan gives must stand in the sentence that it cites."""

from pathlib import Path

import pytest

from fixtures.payments.ledger import CapLedger, LedgerUnavailable
from ramp import directive
from ramp.caps import OWNERS
from ramp.caps_in_force import caps_of
from ramp.validation import Invalid

PLAN_TEXT = (Path(__file__).parents[2] / "ramp" / "plan.toml").read_text("utf-8")
ROW = '[caps]\nsource = "B5"\ncount_max = 100\namount_cents_max = 2000\ntotal_cents_max = 150000\n'


def test_the_owners_caps_are_those_of_the_plan(plan):
    assert caps_of(plan) == OWNERS
    assert plan.sentences["B5"] == "Confirm payment caps enforced: 100 tx total, $20 max/tx, $1,500 total."


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"count_max": 1000}, "count_max = 1000"),
        ({"count_max": 20}, "count_max = 20"),
        ({"count_max": 1500}, "count_max = 1500"),
        ({"amount_cents_max": 100_00}, "amount_cents_max = 10000"),
        ({"amount_cents_max": 2001}, "amount_cents_max = 2001"),
        ({"total_cents_max": 15_000_000}, "total_cents_max = 15000000"),
        ({"total_cents_max": 1500}, "over total_cents_max|total_cents_max = 1500"),
        ({"amount_cents_max": 150_000, "total_cents_max": 2000}, "over total_cents_max"),
        ({"amount_cents_max": 150_000}, "amount_cents_max = 150000|total_cents_max = 150000"),
        ({"source": "assumption", "count_max": 101}, "over the owner's 100, which no assumption may raise"),
        ({"source": "assumption", "total_cents_max": 150_001}, "over the owner's 150000"),
        ({"source": "A1"}, "caps.count_max = 100"),
    ],
)
def test_other_caps_than_the_sentence_says_are_refused(row, named):
    """Also 1,000 payments beside "100 tx total", and a number of the sentence in another's place."""
    values = {"source": "B5", "count_max": 100, "amount_cents_max": 2000, "total_cents_max": 150_000} | row
    note = 'note = "we say so"\n' if row.get("source") == "assumption" else ""
    said = "[caps]\n" + note + "".join(f"{name} = {value!r}\n" for name, value in values.items())
    assert ROW in PLAN_TEXT

    with pytest.raises(Invalid, match=named):
        directive.parse(PLAN_TEXT.replace(ROW, said))


def test_a_ledger_without_caps_takes_the_owners(url):
    assert CapLedger(url).caps == OWNERS
    with pytest.raises(LedgerUnavailable, match="caps do not change in a release"):
        CapLedger(url, type(OWNERS)(1000, 2000, 150_000))


@pytest.mark.parametrize("url", ["sqlite:///a\0b", "sqlite:///a\nb", "postgresql://h\n/x", "postgresql://h\0/x"])
def test_the_address_of_a_ledger_has_a_form(url):
    with pytest.raises(LedgerUnavailable, match="has a line break or another stray character") as said:
        CapLedger(url)
    assert str(said.value).isprintable()


@pytest.fixture(params=["sqlite"])
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'ledger.db'}"
