"""This machine cannot ask users for a while: a rollback goes on, and traffic is not seen to follow."""

import errno
import os
from types import SimpleNamespace

import pytest

from conduct.rollback import roll_back
from conduct.seen_share import seen_share
from fixtures.traffic.witness import Zero
from ramp.happened import ShareSeen
from ramp.ordered import AwaitShare

NO_FILE_LEFT = OSError(errno.EMFILE, os.strerror(errno.EMFILE))

WHY = "users could not be asked: [Errno 24] Too many open files"


class Asks:
    """Asks users once this machine could not `fails` times."""

    def __init__(self, fails):
        self.fails, self.asked = fails, 0

    def zero(self, was_pct, budget_s, ordered):
        self._try()
        return Zero(proven=True, after_s=0.1, last_canary_s=None, resolution_s=0.1, asked_again=66, others=0)

    def ask_new(self, count):
        self._try()
        return {"canary": count // 2, "control": count - count // 2}

    def _try(self):
        self.asked += 1
        if self.asked <= self.fails:
            raise NO_FILE_LEFT


@pytest.mark.parametrize(("fails", "proven"), [(1, True), (1000, False)])
def test_a_rollback_that_nobody_can_be_asked_of_is_asked_of_again_and_else_not_proven(fails, proven):
    done = roll_back(SimpleNamespace(roll_back=lambda: None), Asks(fails), 50.0, 0.3 + 0.2 * proven)
    assert (done.claim, done.zero.proven) == (None, proven)
    assert proven or "NOT PROVEN: users could not be asked: [Errno 24]" in done.sentence


def test_a_share_is_asked_for_again_and_where_nobody_could_be_asked_it_was_not_seen():
    order = AwaitShare("stage_50", 25.0, 50.0)
    assert seen_share(Asks(1), order, 5.0) == ShareSeen(
        True, f"25 of 50 new users were answered by the canary, 50 % is set; {WHY}"
    )
    never = seen_share(Asks(1000), order, 0.3)
    assert never == ShareSeen(False, f"0 of 0 new users were answered by the canary, 50 % is set; {WHY}")
