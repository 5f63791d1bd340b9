"""Somebody who may writes ROLLBACK while the end of a stage is being judged."""

from types import SimpleNamespace

from conduct.conclusion import open_journal
from conduct.effects import Effects
from ramp.conducted import Phase, Ramp, Step
from ramp.ordered import Conclude, VoidPayments
from reports.journal import read

BACK = Ramp(course=(Step("stage_10", 10.0, 15.0),), before=("t_minus_10",), phase=Phase.ROLLED_BACK, index=0)


def test_what_was_judged_meanwhile_decides_nothing_after_the_rollback(rehearsed):
    run = rehearsed(secrets={})
    driver = SimpleNamespace(note=lambda row, problem: None, load_problem=lambda: None)
    with open_journal(run, ["stage_10"]) as journal:
        effects = Effects(SimpleNamespace(run=run, driver=driver), journal, SimpleNamespace(), [])
        effects.carry_out(Conclude("stage_10"))
        effects.carry_out(VoidPayments("stage_10", "the CEO said ROLLBACK"))
        assert list(effects.came_in(BACK)) == []
        effects.close()
    assert [record["action"] for record in read(run.folder) if record["kind"] == "decision"] == ["ROLLBACK"]
