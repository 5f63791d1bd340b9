"""People in #ship-room while a ramp is conducted: who is asked what, whose word counts, and what is answered."""

import json
import shutil
import subprocess
import time
from dataclasses import replace

import pytest
import requests

from conduct.conclusion import conclude, open_journal
from conduct.people import People
from conduct.pins import pins
from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_server import slack_app
from ramp.approval import SignOffKey
from ramp.conducted import Block, Phase, Ramp, Step
from ramp.decision import Action
from ramp.happened import AskVoided, Listened, Said, SignedOff, Unanswered, Word, record
from ramp.ordered import Answer, AskSignOff
from ramp.verdict import Colour, Verdict
from reports.journal import JournalBroken, read
from tests.journals import forge, lines_of

TOKEN, ROUTING_KEY, ROOM = "xoxb-rehearsal-token", "r0utingkeyr0utingkeyr0utingkey00", "C0SHIPROOM"
COURSE = tuple(Step(f"stage_{pct}", pct, 15) for pct in (1, 10, 25, 50, 100))
HELD = Ramp(
    course=COURSE, before=("t_minus_10",), phase=Phase.ENDING, index=3, weight_pct=50, blocks=frozenset({Block.GATE})
)
READ_S = 10


class InRoom:
    """A ramp held at 50 % by a YELLOW markup, its people, and a #ship-room in which anybody may write."""

    def __init__(self, run, journal, url):
        self.run, self.journal, self.url = run, journal, url
        journal.append("pinned", run.site.clock.now(), pins=pins(run))
        self.people = People(run, journal)
        self.conclude()

    def verdicts(self, **colours):
        return {
            check: Verdict(check=check, moment="stage_50", colour=colours.get(check, Colour.GREEN), why="as measured")
            for check in self.run.plan.required("stage_50")
        }

    def conclude(self, **colours):
        given = self.verdicts(**(colours or {"markup": Colour.YELLOW}))
        signed_off = self.people.signed_off("stage_50")
        return conclude(self.journal, self.run, "stage_50", given, signed_off=signed_off).decision

    def asked(self, *blocks, tie=""):
        self.people.carry_out(AskSignOff("stage_50", blocks or ("GATE",), tie))
        self.hear()
        return self.of("asked_sign_off")[-1]

    def of(self, kind):
        return [each for each in read(self.run.folder) if each["kind"] == kind]

    def messages(self):
        lines = (self.run.folder / "slack" / "messages.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def write(self, **said):
        """What somebody writes in the thread of the card, or wherever `said` puts it."""
        thread = self.of("card")[-1]["ts"]
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{self.url}/people", json={"channel": ROOM, "thread_ts": thread, "user": "U0CEO"} | said
            )
        return answer.json()

    def happen(self, events):
        """Each event stands in the journal before the next is asked for, as the loop has it."""
        came = []
        for event in events:
            self.journal.append("happened", self.run.site.clock.now(), event=record(event))
            came.append(event)
        return came

    def hear(self, ramp=HELD):
        came, until = [], time.monotonic() + READ_S
        self.people.listen()
        while self.people.is_reading:
            assert time.monotonic() < until
            came += self.happen(self.people.came_in(ramp))
        return came

    def look(self, ramp=HELD, **colours):
        return self.happen(self.people.looked(ramp, self.verdicts(**colours)))

    def become(self, **changed):
        """The same ramp for a conductor that comes back: of a site, or a rehearsal, that has `changed`."""
        site = self.run.site
        running = {name: value for name, value in changed.items() if name in ("began_at_s", "target")}
        own = {name: value for name, value in changed.items() if name not in running}
        self.run = replace(self.run, site=replace(site, **own, running=replace(site.running, **running)))
        self.people = People(self.run, self.journal)

    def later(self, minutes):
        self.become(began_at_s=self.run.site.running.began_at_s + 60 * minutes)


@pytest.fixture
def room(serve, rehearsed, tmp_path):
    url = serve(slack_app(token=TOKEN, folder=tmp_path / "slack", page_messages=3))
    run = rehearsed(
        secrets={"SLACK_BOT_TOKEN": TOKEN, "PAGERDUTY_ROUTING_KEY": ROUTING_KEY},
        slack_url=f"{url}/api/",
        pager_url=serve(pagerduty_app(routing_key=ROUTING_KEY, folder=tmp_path / "pager")),
    )
    files = {"plan_file": tmp_path / "plan.toml", "release_file": tmp_path / "release.toml"}
    for name, file in files.items():
        shutil.copy(getattr(run.site, name), file)
    run = replace(run, site=replace(run.site, **files))
    with open_journal(run, ["stage_50"]) as journal:
        yield InRoom(run, journal, url)


def test_the_thread_gets_one_message_with_only_the_reply_and_the_gates_that_it_accepts_above_it(room):
    asked = room.asked()
    card, report, listed, reply = room.messages()[-4:]
    assert reply["text"] == f"GO 50 {asked['code']}" and len(reply["text"]) <= 30
    assert {message["thread_ts"] for message in (report, listed, reply)} == {card["ts"]}
    assert "<@U0CEO> 50 % waits for the sign-off of the CEO" in listed["text"]
    assert "• markup YELLOW: as measured" in listed["text"] and "latency" not in listed["text"]
    assert (asked["accepts"], asked["is_due"]) == ([["markup", "YELLOW"]], True)


def test_the_ceos_reply_is_accepted_answered_with_when_and_then_the_decision_goes_on(room):
    code = room.asked()["code"]
    said = room.write(text=f"go 50 {code.lower()}. :thumbsup:")
    assert room.hear() == [SignedOff("stage_50", code, "CEO", ("GATE",), said["ts"])]
    room.people.carry_out(Answer(code, "accepted, CEO: the weight moves to 100 %", is_to_come=True))
    answer = room.messages()[-1]
    assert answer["text"].startswith("accepted, CEO: the weight moves to 100 %, by ")
    assert answer["thread_ts"] == said["message"]["thread_ts"]
    assert room.look(markup=Colour.YELLOW) == []
    decision = room.conclude(markup=Colour.YELLOW)
    assert (decision.action, decision.next_step) == (Action.CONTINUE, "go on to stage_100")
    assert room.conclude(markup=Colour.YELLOW).action is Action.HOLD, "a sign-off serves one decision"


def test_ten_of_ten_replies_that_do_not_count_are_refused_with_why_in_their_thread(room):
    before = room.asked()["code"]
    elsewhere = room.write(thread_ts=None, text="standup notes", user="U0IC")["ts"]
    room.happen([AskVoided("stage_50", before, "errors is YELLOW, and was GREEN")])
    reply = f"GO 50 {(now := room.asked()['code'])}"
    edited = room.write(text="looks fine")["ts"]
    room.write(ts=edited, text=reply)
    tried = {
        room.write(text=reply, user="U0IC")["ts"]: "only the CEO may sign off",
        room.write(text=reply, user="U0STRANGER", username="Dana, CEO")["ts"]: "an app wrote it",
        room.write(text=reply, user="U0OTHER", user_profile={"display_name": "CEO"})["ts"]: "only the CEO",
        room.write(text=reply, bot_id="B0HELPER")["ts"]: "an app wrote it",
        room.write(text=reply, subtype="me_message")["ts"]: "an app wrote it",
        edited: "edited after it was sent",
        room.write(text=f"GO 25 {now}")["ts"]: "it names 25, and 50 is asked",
        room.write(text=f"GO 50 {before}")["ts"]: "is void: errors is YELLOW",
        room.write(text="GO 50 222222")["ts"]: "another release, moment or card",
        room.write(text="GO")["ts"]: "GO alone releases nothing",
    }
    tried |= {room.write(text=reply, thread_ts=other_thread(room))["ts"]: "another thread"}
    assert elsewhere and room.hear() == []
    refused = {each["ts"]: each["why"] for each in room.of("refused")}
    answers = {each["about"]: each["text"] for each in room.of("thread_card")}
    for ts, why in tried.items():
        assert why in refused[ts]
        assert why in answers[ts]
    assert len(refused) == len(tried)
    assert room.hear() == [] and len(room.of("refused")) == len(tried), "each message is dealt with once"
    assert room.write(text=reply) and len(room.hear()) == 1


def other_thread(room):
    """The `ts` of another card of the run, which is read as well."""
    ts = room.write(thread_ts=None, text="T-10 is over", user="U0SHIPROOM")["ts"]
    room.journal.append("event_card", room.run.site.clock.now(), text="T-10 is over", channel=ROOM, posted=True, ts=ts)
    return ts


def test_a_code_is_good_once_and_for_sixty_minutes(room):
    code = room.asked()["code"]
    room.write(text=f"GO 50 {code}")
    assert len(room.hear()) == 1
    room.write(text=f"GO 50 {code}")
    assert room.hear() == [] and "was used before" in room.of("refused")[-1]["why"]
    room.conclude(markup=Colour.RED)
    late = room.asked()["code"]
    room.later(minutes=60)
    room.write(text=f"GO 50 {late}")
    assert room.hear() == [] and "expired" in room.of("refused")[-1]["why"]
    assert [type(event) for event in room.look(markup=Colour.RED)] == [AskVoided]


def test_what_is_worse_than_was_asked_voids_it_before_and_after_the_reply(room):
    code = room.asked()["code"]
    assert room.look(markup=Colour.YELLOW) == []
    (voided,) = room.look(markup=Colour.YELLOW, errors=Colour.YELLOW)
    assert voided == AskVoided("stage_50", code, "errors is YELLOW, and was GREEN")
    room.write(text=f"GO 50 {code}")
    assert room.hear() == []
    again = room.asked()["code"]
    room.write(text=f"GO 50 {again}")
    assert len(room.hear()) == 1
    assert [type(event) for event in room.look(markup=Colour.RED)] == [AskVoided]
    assert room.people.signed_off("stage_50") is None


def test_an_answer_that_is_due_is_called_for_once_after_five_minutes(room):
    code = room.asked()["code"]
    room.later(minutes=1)
    assert room.look(markup=Colour.YELLOW) == []
    room.later(minutes=4)
    assert room.look(markup=Colour.YELLOW) == [Unanswered("stage_50", code)]
    assert room.look(markup=Colour.YELLOW) == []


def test_hold_and_rollback_count_from_three_people_without_a_code_and_from_nobody_else(room):
    for user, text in (("U0IC", "HOLD on"), ("U0SRELEAD", "rollback."), ("U0CEO", "*HOLD*")):
        room.write(user=user, text=text)
    for user, text in (("U0PAY", "HOLD"), ("U0IC", "rollback is not needed"), ("U0PAY", "hold on, team"), ("", "GO")):
        room.write(user=user, text=text)
    room.write(user="U0CEO", text="HOLD", bot_id="B0HELPER")
    room.write(user="U0SECLEAD", text="ack")
    assert room.hear() == [
        Said(Word.HOLD, "incident commander"), Said(Word.ROLLBACK, "SRE lead"), Said(Word.HOLD, "CEO"),
    ]  # fmt: skip
    assert [each["said"] for each in room.of("refused")] == ["HOLD", "rollback is not needed", "HOLD"]
    assert [each["role"] for each in room.of("said_in_thread")] == [
        "incident_commander",
        "sre_lead",
        "ceo",
        "security_lead",
    ]


def test_a_conductor_that_comes_back_hears_nothing_twice_and_knows_what_is_asked(room):
    code = room.asked()["code"]
    room.write(user="U0IC", text="HOLD")
    assert len(room.hear()) == 1
    room.become()
    room.write(text=f"GO 50 {code}")
    assert [type(event) for event in room.hear()] == [SignedOff]


def test_a_release_file_that_changed_is_named_by_its_digest_and_signed_off_as_it_was_asked(room):
    room.run.site.release_file.write_text("another", "utf-8")
    changed = replace(HELD, phase=Phase.HOLDING, blocks=frozenset({Block.PINS}))
    code = room.asked("PINS")["code"]
    assert "release file: another one than the ramp began with" in room.messages()[-2]["text"]
    room.write(text=f"GO 50 {code}")
    assert [type(event) for event in room.hear(changed)] == [SignedOff]
    assert room.people.pins == pins(room.run)
    room.run.site.release_file.write_text("a third", "utf-8")
    late = room.asked("PINS")["code"]
    room.run.site.release_file.write_text("a fourth", "utf-8")
    room.write(text=f"GO 50 {late}")
    assert room.hear(changed) == [] and "changed again" in room.of("refused")[-1]["why"]


def test_nothing_is_asked_where_nothing_could_be_accepted(room):
    room.conclude(markup=Colour.GREEN, latency=Colour.GREEN)
    room.people.carry_out(AskSignOff("stage_50", ("GATE",), ""))
    assert room.of("asked_sign_off") == []


def test_threads_that_cannot_be_read_are_told_after_three_times_and_nothing_is_taken_for_said(room):
    room.asked()
    room.become(target=room.run.site.target.model_copy(update={"slack_url": "http://127.0.0.1:9/api/"}))
    assert [room.hear() for _ in range(2)] == [[], []]
    (told,) = room.hear()
    assert isinstance(told, Listened)
    assert not told.ok
    assert room.hear() == []


@pytest.fixture
def signed(room, tmp_path):
    """`signed(code, signer=, namespace=)`: the file of that code, signed. The CEO's key alone is listed."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed (apt-get install openssh-client)")
    for name in ("ceo", "another"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    public = (tmp_path / "ceo.pub").read_text("utf-8").split()[:2]
    (tmp_path / "allowed_signers").write_text(f"dana.whitfield {' '.join(public)}\n", "utf-8")
    key = SignOffKey(by="dana.whitfield", allowed_signers=str(tmp_path / "allowed_signers"))
    room.become(release=room.run.release.model_copy(update={"sign_off": key}))

    def sign(code, signer="ceo", namespace="shiproom-sign-off"):
        file = room.run.folder / "sign-off" / f"{code}.toml"
        file.with_name(f"{file.name}.sig").unlink(missing_ok=True)
        argv = ["ssh-keygen", "-q", "-Y", "sign", "-f", tmp_path / signer, "-n", namespace, file]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    return sign


def test_a_signed_file_is_the_other_way_and_counts_only_with_the_listed_key_and_its_own_purpose(room, signed):
    code = room.asked()["code"]
    assert f"{code}.toml" in room.messages()[-2]["text"]
    for wrong in ({"signer": "another"}, {"namespace": "shiproom-posture"}):
        signed(code, **wrong)
        assert room.hear() == []
    assert ["dana.whitfield" in each["why"] for each in room.of("refused")] == [True, True]
    signed(code)
    (event,) = room.hear()
    assert (event.code, event.by, event.blocks) == (code, "CEO", ("GATE",))
    assert room.hear() == []
    assert room.conclude(markup=Colour.YELLOW).action is Action.CONTINUE


def test_a_journal_in_which_a_sign_off_was_made_up_or_edited_is_refused(room):
    code = room.asked()["code"]
    room.write(text=f"GO 50 {code}")
    room.hear()
    assert room.conclude(markup=Colour.YELLOW).action is Action.CONTINUE
    lines = lines_of(room.run.folder)

    def is_refused(edited, why):
        forge(room.run.folder, edited)
        with pytest.raises(JournalBroken, match=why):
            read(room.run.folder)

    given = [line for line in lines if line["kind"] != "happened" or line["event"]["what"] != "SignedOff"]
    is_refused(given, f"decides stage_50 by a sign-off \\({code}\\) that nobody gave")
    wider = [line | ({"accepts": [["markup", "RED"]]} if line["kind"] == "asked_sign_off" else {}) for line in lines]
    is_refused(wider, "with a code that does not stand for what it accepts")
    forge(room.run.folder, lines)
    assert read(room.run.folder)


def test_what_was_signed_off_and_could_not_go_on_is_void_after_its_hour(room):
    code = room.asked()["code"]
    room.write(text=f"GO 50 {code}")
    room.hear()
    room.later(minutes=60)
    assert room.look(replace(HELD, concluding=True), markup=Colour.YELLOW) == []
    assert [type(event) for event in room.look(markup=Colour.YELLOW)] == [AskVoided]


def test_a_tie_is_asked_about_with_who_says_what_also_by_a_conductor_that_comes_back(room):
    tied = replace(
        HELD, phase=Phase.HOLDING, blocks=frozenset({Block.WORD}), holders=frozenset({"SRE lead"}),
        goers=frozenset({"incident commander"}),
    )  # fmt: skip
    assert room.look(tied) == []
    (asked,) = room.of("asked_sign_off")
    assert asked["accepts"] == [["tie", "SRE lead said HOLD, incident commander said GO"]]
    assert "• tie: SRE lead said HOLD, incident commander said GO" in room.messages()[-2]["text"]
    assert room.look(tied) == [], "once"
    room.write(text=f"GO 50 {asked['code']}")
    assert [type(event) for event in room.hear(tied)] == [SignedOff]
