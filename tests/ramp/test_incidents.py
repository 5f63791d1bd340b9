"""H1: one incident a release and cause, whom it calls, and when it is over."""

from ramp.decision import Action, Decision
from ramp.incidents import CONDUCTOR, NO_DATA, SIGN_OFF, called_by, cause_of, is_over, open_causes
from ramp.verdict import Colour, Verdict


def verdict(check: str, colour: Colour) -> Verdict:
    return Verdict(check=check, moment="stage_50", colour=colour, why="-")


def decision(action: Action, *because: str) -> Decision:
    return Decision(moment="stage_50", action=action, reason="-", next_step="-", because=because)


RED, BLIND, FINE = verdict("latency", Colour.RED), verdict("cache", Colour.NO_DATA), verdict("errors", Colour.GREEN)
YELLOW = verdict("markup", Colour.YELLOW)


def test_red_is_the_cause_before_anything_without_data() -> None:
    assert cause_of(decision(Action.HOLD, "cache", "latency"), [BLIND, RED]) == "latency"
    assert cause_of(decision(Action.HOLD, "cache"), [BLIND, FINE]) == NO_DATA
    assert cause_of(decision(Action.HOLD, "markup"), [YELLOW]) == SIGN_OFF
    assert cause_of(decision(Action.CONTINUE, "markup"), [YELLOW]) == "markup"


def test_an_incident_that_is_open_goes_on_while_its_check_holds() -> None:
    assert cause_of(decision(Action.HOLD, "cache"), [BLIND], {"cache"}) == "cache"


def test_it_is_over_once_its_check_is_within_or_the_moment_goes_on() -> None:
    held = decision(Action.HOLD, "cache")
    assert not is_over("latency", held, [RED, BLIND])
    assert not is_over("latency", held, [BLIND])
    assert is_over("latency", held, [verdict("latency", Colour.YELLOW), BLIND])
    assert not is_over(NO_DATA, held, [BLIND])
    assert is_over(NO_DATA, decision(Action.HOLD, "latency"), [RED])
    assert is_over(CONDUCTOR, decision(Action.CONTINUE), [FINE])
    assert not is_over(CONDUCTOR, held, [BLIND])


def test_what_was_accepted_and_not_ended_is_open() -> None:
    def page(cause: str, event: str, *, posted: bool = True) -> dict[str, object]:
        return {"kind": "page", "dedup_key": f"v1/{cause}", "event": event, "posted": posted}

    records = [page("latency", "trigger"), page("cache", "trigger"), page("cache", "resolve")]
    records += [page("never taken", "trigger", posted=False), page("latency", "resolve", posted=False)]
    records += [{"kind": "event_page", "dedup_key": "v1/conductor", "posted": True}]
    assert open_causes(records, "v1") == ("latency", "conductor")
    assert open_causes(records, "v2") == ()


def test_the_ceo_is_called_by_her_own_key_where_she_has_one() -> None:
    assert called_by(("ceo", "incident_commander"), own_key_of_ceo=True) == (("incident_commander",), ("ceo",))
    assert called_by(("ceo", "incident_commander"), own_key_of_ceo=False) == (("ceo", "incident_commander"), ())
