"""What a check said in the runs beside this one is found again: of this release, on this kind of target."""

from dataclasses import replace

import pytest

from conduct.conclusion import conclude, open_journal
from conduct.earlier_runs import earlier_verdicts
from ramp.observation import NoEvidence
from ramp.probes import pointers_of
from ramp.verdict import Colour, Verdict
from reports.journal import FILE


@pytest.fixture
def beside(rehearsed, tmp_path):
    """`beside(name)`: a run of the release in a folder of its own, beside the others'."""
    run = rehearsed(secrets={})

    def in_folder(name, **facts):
        folder = tmp_path / "runs" / name
        release = run.release.model_copy(update=facts)
        return replace(run, folder=folder, site=replace(run.site, folder=folder, release=release))

    return in_folder


def restored(run, pointer):
    notes = (f"snapshot pointer: {pointer}", "restored in 4 s")
    told = Verdict(check="restore", moment="t_minus_10", colour=Colour.GREEN, why="-", notes=notes)
    with open_journal(run, ["t_minus_10"]) as journal:
        conclude(journal, run, "t_minus_10", {"restore": told})


def test_pointers_of_this_run_and_of_those_beside_it_are_known(beside):
    """And not those of another release."""
    restored(beside("a"), "monday")
    restored(beside("b"), "tuesday")
    restored(beside("c", version="v20261110.1"), "another release's")

    assert pointers_of(earlier_verdicts(beside("b"), "restore")) == {"monday", "tuesday"}
    assert pointers_of(earlier_verdicts(beside("new"), "restore")) == {"monday", "tuesday"}
    assert earlier_verdicts(beside("new"), "prewarm")[0].colour is Colour.NO_DATA


def test_a_journal_that_cannot_be_read_is_no_proof_that_a_pointer_is_new(beside):
    restored(beside("a"), "monday")
    (beside("a").folder / FILE).unlink()
    (beside("a").folder / FILE).mkdir()

    with pytest.raises(NoEvidence, match="cannot be read"):
        earlier_verdicts(beside("b"), "restore")
