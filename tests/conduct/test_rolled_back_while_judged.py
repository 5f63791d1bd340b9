"""Somebody who may writes ROLLBACK while the end of a stage is being judged."""

import os
from types import SimpleNamespace

from conduct import judging
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


def test_checks_that_hang_keep_no_payment_open_after_the_rollback(rehearsed, tmp_path, monkeypatch):
    """Pytest waits for its configuration, which nobody ever writes."""
    monkeypatch.setattr(judging, "AFTER_ROLLBACK_S", 0.1)
    os.mkfifo(tmp_path / "hangs.ini")
    run = rehearsed(secrets={})
    driver = SimpleNamespace(note=lambda row, problem: None)
    with open_journal(run, ["stage_10"]) as journal:
        conducting = SimpleNamespace(run=run, driver=driver)
        effects = Effects(conducting, journal, SimpleNamespace(), ["-c", str(tmp_path / "hangs.ini")])
        effects.carry_out(VoidPayments("stage_10", "the CEO said ROLLBACK"))
        effects.close()
    records = read(run.folder)
    assert [each["action"] for each in records if each["kind"] == "decision"] == ["ROLLBACK"]
    assert [each["kind"] for each in records].count("payments_ended") == 1


def test_checks_that_cannot_be_begun_keep_none_open_either(rehearsed, tmp_path, monkeypatch):
    """As where no process or file is left to this conductor."""
    monkeypatch.setattr(judging.sys, "executable", str(tmp_path / "gone"))
    run = rehearsed(secrets={})
    driver = SimpleNamespace(note=lambda row, problem: None)
    with open_journal(run, ["stage_10"]) as journal:
        effects = Effects(SimpleNamespace(run=run, driver=driver), journal, SimpleNamespace(), [])
        effects.carry_out(VoidPayments("stage_10", "the CEO said ROLLBACK"))
        effects.close()
    records = read(run.folder)
    assert [each["action"] for each in records if each["kind"] == "decision"] == ["ROLLBACK"]
    assert [each["kind"] for each in records].count("payments_ended") == 1
