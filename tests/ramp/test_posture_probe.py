"""C1: a changed posture needs the security lead's signature at once, an unchanged one by T-10."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ramp import directive
from ramp.approval import Approved, used_in
from ramp.posture import Collected, Posture, Security
from ramp.probes import PostureSeen, judge_posture
from ramp.validation import Invalid, typed
from ramp.verdict import Colour

NOW = datetime(2026, 11, 24, 8, 50, tzinfo=UTC)
FIELD = {"name": "birthday", "purpose": "consent", "retention_days": 30, "processors": ("us",), "laws": ("FERPA",)}
UNCHANGED = PostureSeen(
    posture=Posture(fields=(Collected(**FIELD), Collected(**FIELD | {"name": "score", "laws": ("COPPA",)}))),
    sha256="a" * 64,
    approved_sha256="a" * 64,
    by="dana.whitfield",
    sign_off_at_utc=NOW + timedelta(hours=1),
    start_at_utc=NOW + timedelta(hours=2),
    now=NOW,
    approved=None,
    refused=None,
)
APPROVED = Approved(
    by="dana.whitfield",
    key="SHA256:x",
    once="0123456789abcdef",
    use="posture of v20261124.1",
    expires_at_utc=NOW + timedelta(hours=9),
)
CHANGED = {"sha256": "b" * 64}
GREEN, RED, NO_DATA = Colour.GREEN, Colour.RED, Colour.NO_DATA


@pytest.mark.parametrize(
    ("seen", "at_60", "at_t10", "says"),
    [
        ({}, GREEN, NO_DATA, "timing confirmed: dana.whitfield signs at 2026-11-24 09:50Z, before T-10 (2026-11-24 10"),
        ({"approved": APPROVED}, GREEN, GREEN, "signed by dana.whitfield (key SHA256:x)"),
        (CHANGED | {"approved": APPROVED}, GREEN, GREEN, "signed by dana.whitfield"),
        (CHANGED, RED, RED, "the posture was changed (sha256 bbbbbbbbbbbb, approved is aaaaaaaaaaaa), and nobody sig"),
        ({"refused": "it expired"}, RED, RED, "it expired"),
        (CHANGED | {"refused": "it expired"}, RED, RED, "it expired"),
        ({"approved_sha256": None}, NO_DATA, NO_DATA, "no digest of it was approved before (approved_sha256), and no"),
        ({"approved_sha256": None, "approved": APPROVED}, GREEN, GREEN, "signed by dana.whitfield"),
        ({"by": None}, NO_DATA, NO_DATA, "set sign_off_by in the release file"),
        ({"sign_off_at_utc": None, "start_at_utc": None}, NO_DATA, NO_DATA, "set sign_off_at_utc, start_at_utc in"),
        ({"sign_off_at_utc": NOW}, NO_DATA, NO_DATA, "signs at 2026-11-24 08:50Z, which is past, and has not signed"),
        ({"start_at_utc": NOW + timedelta(minutes=70)}, GREEN, NO_DATA, "before T-10 (2026-11-24 09:50Z)"),
        ({"start_at_utc": NOW + timedelta(minutes=69)}, RED, NO_DATA, "which is after T-10 (2026-11-24 09:49Z)"),
    ],
)
def test_a_posture_is_confirmed_in_time_and_signed_by_t_minus_10(plan, seen, at_60, at_t10, says):
    """RED pages the security lead too."""
    verdicts = [judge_posture(plan, moment, replace(UNCHANGED, **seen)) for moment in ("go_plus_60", "t_minus_10")]

    assert [verdict.colour for verdict in verdicts] == [at_60, at_t10]
    assert says in verdicts[0].why
    assert all(verdict.page_security is (verdict.colour is RED) for verdict in verdicts)


def test_the_fields_of_both_laws_are_told_and_what_an_approval_was_used_for_is_read_back(plan):
    """Each by its name."""
    verdict = judge_posture(plan, "t_minus_10", replace(UNCHANGED, approved=APPROVED))

    assert verdict.notes[0] == "2 fields collected; FERPA: birthday; COPPA: score"
    assert used_in([verdict]) == {"0123456789abcdef": "posture of v20261124.1"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"laws": ()}, 'no field has "FERPA" or "COPPA"'),
        ({"laws": ("GDPR",)}, "laws"),
        ({"purpose": " "}, "purpose"),
        ({"retention_days": 0}, "retention_days = 0: must be at least 1"),
        ({"kept": 3}, "there is no such key"),
    ],
)
def test_a_posture_that_leaves_something_open_is_none(change, problem):
    with pytest.raises(Invalid, match=problem):
        typed(Posture, {"fields": [FIELD | change]}, "posture.toml")


@pytest.mark.parametrize("missing", ["allowed_signers", "sign_off_by"])
def test_an_approval_that_nobody_could_check_is_refused_as_a_mistake_of_the_file(missing):
    table = {"posture": "p", "approval": "a", "allowed_signers": "s", "sign_off_by": "dana.whitfield"}
    with pytest.raises(Invalid, match="needs allowed_signers and sign_off_by"):
        typed(Security, {name: value for name, value in table.items() if name != missing}, "release.toml")


@pytest.mark.parametrize("name", ["*", "-f", "dana,sam", "!sam", "a b"])
def test_a_signer_is_a_person_and_no_pattern(name):
    with pytest.raises(Invalid, match="a name in allowed_signers"):
        typed(Security, {"posture": "p", "sign_off_by": name}, "release.toml")


def test_a_signature_that_would_never_be_due_is_refused():
    text = Path(directive.__file__).with_name("plan.toml").read_text("utf-8")
    wrong = text.replace('signature_due = "t_minus_10"', 'signature_due = "stage_1"')
    with pytest.raises(Invalid, match="'stage_1' is none of moments"):
        directive.parse(wrong)
