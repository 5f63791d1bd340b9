"""Facts that probes found: written into the journal by type, and read back in numbers."""

from datetime import UTC, datetime

import pytest

from conduct.journal import Journal
from ramp.facts import of_payments, of_prewarm, of_restore
from ramp.probes import Prewarmed, Receipt, Restored
from reports.facts import facts
from reports.journal import read

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def receipt(**changes):
    made = {"key": "k", "amount_cents": 100, "masked_id": "pi_…1234", "authorized": True, "captured": True}
    return Receipt(**(made | changes))


RESTORED = Restored(
    pointer="0/3000028", taken_at_utc=AT, rows_before_expected=3, rows_before=3, rows_after=0, rpo_s=1.5, rto_s=9.0,
    verified=True, proven=True,
)  # fmt: skip


def test_what_probes_found_is_read_back_from_the_journal_in_numbers(tmp_path):
    page = Prewarmed(path="/courses", status=200, hit=False, said="miss")
    with Journal(tmp_path) as journal:
        for fact in (
            of_payments("t_minus_10", [receipt(), receipt(captured=False, decline_code="do_not_honor")]),
            of_restore("t_minus_10", RESTORED),
            of_prewarm("t_minus_10", [page, Prewarmed(path="/", status=200, hit=True, said="hit")], None),
            of_prewarm("t_minus_10", [page], 0.75),
        ):
            journal.append("fact", AT, **fact.record())
    found = facts(read(tmp_path))
    payments, restore, cache = (found["t_minus_10", check] for check in ("payments_settle", "restore", "prewarm"))
    assert payments.captured_cents == 100
    assert [each.decline_code for each in payments.payments] == [None, "do_not_honor"]
    assert "…1234" in payments.payments[0].masked_id
    assert (restore.pointer, restore.rpo_s, restore.rto_s, restore.proven) == ("0/3000028", 1.5, 9.0, True)
    assert (cache.warm_ratio, cache.hit_ratio, len(cache.pages)) == (0.0, 0.75, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"check": "latency", "found": {}},
        {"check": "prewarm", "found": {}},
        {"check": "prewarm", "found": {"pages": [], "hit_ratio": "0.9"}},
        {"check": "restore", "found": {"payments": []}},
        {"check": "payments_settle", "found": {"payments": [], "more": 1}},
    ],
)
def test_what_is_no_fact_of_its_check_is_not_written(tmp_path, wrong):
    with Journal(tmp_path) as journal, pytest.raises(ValueError, match=r"fact|facts"):
        journal.append("fact", AT, moment="t_minus_10", **wrong)


def test_the_warm_share_of_an_empty_set_is_none():
    assert of_prewarm("t_minus_10", [], None).found.warm_ratio is None
