"""`python -m ramp anew`: the incident commander's act, written into the journal and marked in the recording once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from simulated import STAGES, simulated

from conduct.begun_anew import begin_anew, is_due
from conduct.conclusion import open_journal
from conduct.interrupts import Interrupts
from conduct.journal import Journal
from conduct.lease import Lease
from conduct.loop import Loop
from conduct.observing import observe
from conduct.run import OBSERVATIONS
from conduct.stage_driver import StageDriver
from conduct.words import Words, say
from fixtures.clock import PlanClock
from fixtures.sources import recording
from ramp import happened, ordered
from ramp import release as releases
from ramp.__main__ import main
from ramp.decision import Action
from ramp.happened import Word
from ramp.observation import NoEvidence
from ramp.target import ScrapeEndpoint, Target
from ramp.validation import Invalid
from ramp.verdict import Colour, Trigger, Verdict
from reports import journal
from tests.conduct.ramp_world import People
from tests.journals import decide

RELEASE = Path(__file__).parents[2] / "release.toml"
WHY = "the pool of the canary has 40 connections again"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def run(on_real, plan, tmp_path):
    """A run on a real target that cannot be reached, of which 1 % was recorded and held; stages last half a second."""
    shipped = releases.parse(RELEASE.read_text("utf-8"), RELEASE.name, plan, [])
    target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics", slice="canary"),))
    release = shipped.model_copy(update={"target": "real", "real": target})
    stages = tuple(row.model_copy(update={"hold_min": 0.01} if row.is_stage else {}) for row in plan.moments)
    run = on_real(release, plan.model_copy(update={"moments": stages}), tmp_path)
    recording.append(run.folder / OBSERVATIONS, *simulated(1, stages=STAGES[:2]))
    decided(run, Action.HOLD)
    return run


def decided(run, action, moment="stage_1"):
    first = {
        Action.CONTINUE: {"colour": Colour.GREEN},
        Action.HOLD: {"colour": Colour.RED},
        Action.ROLLBACK: {"colour": Colour.RED, "trigger": Trigger.F1},
    }[action]
    required = run.plan.required(moment)
    verdicts = [Verdict(check=check, moment=moment, colour=Colour.GREEN, why="-") for check in required]
    with open_journal(run, [moment]) as writing:
        assert decide(writing, run.plan, [replace(verdicts[0], **first), *verdicts[1:]], 15.0).action is action


def acts(run):
    return [record for record in journal.read(run.folder) if record["kind"] == "evidence_anew"]


def test_it_is_written_with_who_and_why_and_marks_the_looks_of_the_next_hold_only(run):
    assert not is_due(run, run.plan.moment("stage_1"))

    assert begin_anew(run, "U0IC", WHY) == ("stage_1", 1)

    (act,) = acts(run)
    assert [act[name] for name in ("moment", "by", "because", "times")] == ["stage_1", "U0IC", WHY, 1]
    assert is_due(run, run.plan.moment("stage_1")) and not is_due(run, run.plan.moment("stage_10"))
    driver = StageDriver(run, lambda *_: None)
    try:
        for _ in range(2):
            observe(run, driver, run.plan.moment("stage_1"))
    finally:
        driver.close()
    seen = [one for _, one in recording.observations(run.folder / OBSERVATIONS)][2 * 76 :]
    assert [one.evidence_anew for one in seen] == [seen[0].at] * 4 + [None] * 4
    assert len({one.at for one in seen}) == 4


@pytest.mark.parametrize(
    ("by", "because", "says"),
    [
        (None, WHY, "--by is missing: the incident commander alone may, who is U0IC in "),
        ("U0CEO", WHY, "--by=U0CEO does not command the incident"),
        ("U0IC", None, "--because is missing"),
        ("U0IC", "a\nb", "--because is missing"),
        ("U0IC", "x" * 301, "--because is missing"),
    ],
)
def test_who_and_why_must_be_said(run, by, because, says):
    with pytest.raises(Invalid, match=says):
        begin_anew(run, by, because)
    assert acts(run) == []


@pytest.mark.parametrize(
    ("action", "moment", "says"),
    [
        (Action.ROLLBACK, "stage_1", "stage_1 is a ROLLBACK, which nothing takes back: F1 fired: "),
        (Action.CONTINUE, "stage_1", "stage_1 went on, so there is nothing to begin anew"),
        (Action.HOLD, "t_minus_10", "no stage was decided last in "),
    ],
)
def test_only_a_stage_that_holds_begins_anew(run, action, moment, says):
    decided(run, action, moment)

    with pytest.raises(NoEvidence, match=says):
        begin_anew(run, "U0IC", WHY)
    assert acts(run) == []


def test_it_is_once_until_the_stage_is_held_again_and_twice_in_all(run):
    """Each refusal says what to type."""
    last = [one for _, one in recording.observations(run.folder / OBSERVATIONS)][-2:]
    for times in (1, 2):
        assert begin_anew(run, "U0IC", WHY) == ("stage_1", times)
        with pytest.raises(NoEvidence, match="begun anew already; hold the stage again: python -m ramp observe"):
            begin_anew(run, "U0IC", WHY)
        at = last[0].at.replace(minute=40 + times)
        last = [replace(one, at=at, evidence_anew=at) for one in last]
        recording.append(run.folder / OBSERVATIONS, *last)

    with pytest.raises(NoEvidence, match=r"2 times in this ramp, .*: roll back, and begin at 1 % in a new run"):
        begin_anew(run, "U0IC", WHY)
    assert len(acts(run)) == 2


def test_a_rehearsal_that_has_ended_cannot_be_held_again(run):
    ended = type("Recorded", (type(run.site),), {"is_recording": True})
    with pytest.raises(NoEvidence, match="has ended, so none of its stages can be held again"):
        begin_anew(replace(run, site=ended(**vars(run.site))), "U0IC", WHY)


def test_while_a_ramp_is_conducted_the_command_is_handed_over_and_refuses_what_it_would_refuse_anyway(run, capsys):
    """Whoever conducts holds the journal all the time."""
    facts = RELEASE.read_text("utf-8").replace('target = "rehearsal"', 'target = "real"')
    real = f'[real]\nedge_url = "{NOWHERE}"\nscrapes = [{{ url = "{NOWHERE}/metrics", slice = "canary" }}]\n'
    (run.folder / "release.toml").write_text(facts + real, "utf-8")
    typed = ["anew", f"--run={run.folder}", f"--release={run.folder / 'release.toml'}", f"--because={WHY}"]
    with Journal(run.folder) as journal:
        journal.append("source", NOON, moment="stage_1", problem="-")
        assert main([*typed, "--by=U0IC"]) == 30, "nobody conducts who would hear it"
        journal.append("pinned", NOON, pins={})
        lease = Lease(run.folder)
        lease.take()
        assert main([*typed, "--by=U0CEO"]) == 4
        assert not list(Words(run.folder).new())
        capsys.readouterr()
        assert main([*typed, "--by=U0IC"]) == 0
        lease.give_back()
    assert "hears it at the next look, and holds the stage anew" in capsys.readouterr().out
    (word,) = Words(run.folder).new()
    assert (word.word, word.by, word.more) == (Word.ANEW, "U0IC", {"because": WHY})


class Held:
    """A stage whose end is judged HOLD, until somebody says `word`; then the conductor is stopped at its next order."""

    acts, unwritten = False, None

    def __init__(self, run, by):
        self.run, self.by, self.orders, self.taken_up, self.to_come = run, by, [], [], []
        self.people = People(self)
        self.stopped, self.conclusions, self.is_waiting = False, [], False
        self.cards = SimpleNamespace(due=lambda *of: (), settle=lambda: None)
        self.driver = SimpleNamespace(look=lambda moment: None, looked=None, progress=lambda *of: None)

    def came_in(self, ramp):
        came, self.to_come = self.to_come, []
        return came

    def read_weight(self):
        return happened.WeightRead(1.0)

    def take_up(self, moment):
        self.taken_up.append(moment)

    def carry_out(self, order):
        if isinstance(order, ordered.AskSignOff):  # nobody answers
            return
        self.orders.append(type(order).__name__)
        self.stopped = "Conclude" in self.orders[:-1]
        if isinstance(order, ordered.AwaitShare):
            self.to_come.append(happened.ShareSeen(True))
        if isinstance(order, ordered.Conclude):
            say(self.run.folder, Word.ANEW, self.by, because=WHY)
            self.to_come.append(happened.Concluded("stage_1", "HOLD"))


@pytest.mark.parametrize(
    ("by", "orders", "times"),
    [("U0IC", ["AwaitShare", "Conclude", "AwaitShare"], 1), ("U0CEO", ["AwaitShare", "Conclude", "Tell"], 0)],
)
def test_a_conductor_that_hears_it_holds_the_stage_anew_and_tells_what_it_refuses(run, by, orders, times):
    clock = replace(PlanClock.real(), speed=6_000.0)  # a plan minute lasts 10 ms
    files = {"release_file": run.site.release_file, "plan_file": run.site.plan_file}
    site = SimpleNamespace(clock=clock, is_recording=False, target=run.site.target, secrets=(), **files)
    run = SimpleNamespace(plan=run.plan, release=run.release, folder=run.folder, site=site)
    held = Held(run, by)
    with Interrupts() as interrupts, Journal(run.folder) as journal:
        went_on = [happened.Concluded(moment, "CONTINUE") for moment in ("go_plus_30", "go_plus_60", "t_minus_10")]
        for event in (happened.Opened(0.0), *went_on, happened.WeightRead(1.0)):
            journal.append("happened", NOON, event=happened.record(event))
        loop = Loop(SimpleNamespace(run=run, driver=held.driver), journal, held, interrupts, waits=True)
        with pytest.raises(KeyboardInterrupt):
            loop.conduct()
    assert (held.orders, len(acts(run)), held.taken_up) == (orders, times, ["stage_1"] * (1 + times))
