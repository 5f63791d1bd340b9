"""Plan and release file: typed, sourced, and wrong in plain words, all at once."""

import re
from pathlib import Path

import pytest

from conduct.run import load_plan
from ramp import directive
from ramp import release as releases
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
PLAN_TEXT = (PROJECT / "ramp" / "plan.toml").read_text("utf-8")
RELEASE_TEXT = (PROJECT / "release.toml").read_text("utf-8")
NO_ROSTER = RELEASE_TEXT.partition("[[roster]]")[0]

REAL = """
[real]
edge_url = "https://edge"
scrapes = [{ url = "https://edge/metrics" }]
"""


def problems_of(text):
    with pytest.raises(Invalid) as caught:
        directive.parse(text)
    return str(caught.value)


def test_the_plan_holds_the_directives_figures(plan):
    """Stages, holds, caps and limits as the owner wrote them."""
    assert [(stage.traffic_pct, stage.hold_min) for stage in plan.stages][:4] == [(1, 15), (10, 15), (25, 15), (50, 30)]
    assert plan.stages[-1].traffic_pct == 100
    caps = plan.caps
    assert (caps.count_max, caps.amount_cents_max, caps.total_cents_max) == (100, 2000, 150_000)
    assert plan.gates.latency.limit_s == 0.120
    assert plan.gates.payments.success_ratio_min == 0.995
    assert plan.gates.cache.hit_ratio_min == 0.85
    assert (plan.gates.database.ratio_max, plan.gates.database.headroom_ratio) == (0.80, 0.70)
    assert (plan.gates.cost.over_control_ratio_max, plan.gates.markup.markup_min) == (0.05, 4.0)
    assert (plan.persistence.breach_min, plan.rollback.budget_s) == (15, 120)


def test_every_row_quotes_the_owner_or_is_a_noted_assumption(plan):
    """Nobody's number is in the plan without a name."""
    for check in plan.checks:
        assert plan.owner_says(check) or plan.checks[check].note, check
    assert len(plan.assumptions) == len(set(plan.assumptions)) > 5


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            "limit_s = 0.120",
            "limits_s = 0.12",
            ["gates.latency.limits_s", "Did you mean 'limit_s'?", "limit_s: is missing"],
        ),
        ("count_max = 100", 'count_max = "100"', ["caps.count_max = '100'"]),
        ("amount_cents_max = 2000", "amount_cents_max = 20.5", ["caps.amount_cents_max = 20.5"]),
        ('source = "E2"', 'source = "E22"', ["gates.payments.source = 'E22'", "Did you mean 'E2'?"]),
        ('serves = ["E5"]', 'serves = ["E55"]', ["gates.cost.serves = 'E55'", "Did you mean 'E5'?"]),
        ('moments = ["t_minus_10"]', 'moments = ["t_minus_1"]', ["Did you mean 't_minus_10'?", "Known: go_plus_30"]),
        ("confidence_ratio = 0.95", "confidence_ratio = 1.0", ["reading.confidence_ratio = 1.0"]),
        ('on_yellow = "hold"', 'on_yellow = "wait"', ["on_yellow = 'wait'", "'continue' or 'hold'"]),
        ("hold_min = 30\n", "", ["moments[6]: a stage has both traffic_pct and hold_min"]),
        ('[[moments]]\nid = "stage_10"', '[[moments]]\nid = "stage_1"', ["'stage_1' is there twice"]),
        ('stage_25 = "A"', 'stage_26 = "A"', ["grades.latency.stage_26", "Did you mean 'stage_25'?"]),
        ("success_ratio_min = 0.995", "success_ratio_min = 99.5", ["gates.payments.success_ratio_min = 99.5"]),
        ("traffic_pct = 25", "traffic_pct = 5", ["traffic_pct must rise"]),
        (
            "card_every_min = 15",
            'card_every_min = 15\nnot_enforced_yet = ["card_min"]',
            ["has 'card_min'", "Did you mean 'card_every_min'?"],
        ),
    ],
)
def test_an_error_in_the_plan_names_key_value_and_what_is_allowed(right, wrong, says):
    """And the nearest name that exists."""
    said = problems_of(PLAN_TEXT.replace(right, wrong))

    assert all(part in said for part in says), said


def test_what_is_not_enforced_yet_says_so_among_the_assumptions(plan):
    """The owner acknowledges no promise that nobody keeps."""
    later = directive.parse(
        PLAN_TEXT.replace("expires_min = 60", 'expires_min = 60\nnot_enforced_yet = ["expires_min"]'), "plan.toml"
    )
    assert plan.signoff.note in plan.assumptions
    assert plan.signoff.note + " (Not enforced yet.)" in later.assumptions
    assert sum("(Not enforced yet.)" in said for said in later.assumptions) == 1


def test_an_assumption_without_a_note_is_refused():
    """The owner could not acknowledge it."""
    start = PLAN_TEXT.index("note = ", PLAN_TEXT.index("[reading]"))
    end = PLAN_TEXT.index("\n", start)

    assert "note" in problems_of(PLAN_TEXT[:start] + PLAN_TEXT[end + 1 :])


def test_every_error_in_the_plan_is_said_at_once():
    """One run, all of them, each behind the file's name."""
    text = PLAN_TEXT.replace("limit_s = 0.120", "limit_s = -1").replace("count_max = 100", "count_max = 1.5")
    said = problems_of(text.replace("hit_ratio_min = 0.85", 'hit_ratio_min = "high"')).splitlines()

    assert len(said) == 3
    assert all(line.startswith("ramp/plan.toml: ") for line in said)


def test_text_that_is_not_toml_says_where():
    """Line and column."""
    assert "is not TOML" in problems_of("[reading\n")
    assert "line 1" in problems_of("[reading\n")


def test_every_error_in_the_release_file_is_said_at_once(plan):
    """What is wrong and what is missing, in one go."""
    text = NO_ROSTER.replace('version = "v20261124.1"', 'version = "1.2.3"').replace("[prewarm]", "[pre_warm]")

    with pytest.raises(Invalid) as caught:
        releases.parse(text, "release.toml", plan, ["t_minus_10", "go_plus_30"])

    said = "\n".join(caught.value.problems)
    for part in ("version = '1.2.3'", "pre_warm: there is no such key. Did you mean 'prewarm'?", "roster: is missing"):
        assert part in said
    assert "prewarm: is missing, and t_minus_10 needs it." in said


def test_a_secret_in_the_wrong_place_is_not_repeated(plan):
    """A key where its variable's name belongs is refused without being shown."""
    real = RELEASE_TEXT.replace('target = "rehearsal"', 'target = "real"') + REAL
    text = real + 'stripe_key_env = "sk_live_51HxAbCdEfGhIjKl"\n'
    with pytest.raises(Invalid, match="stripe_key_env") as caught:
        releases.parse(text, "release.toml", plan, ["stage_50"])

    assert "51HxAbCdEfGhIjKl" not in str(caught.value)


def test_times_are_utc(plan):
    """Whatever zone they are written in."""
    text = RELEASE_TEXT.replace("2026-11-24T08:00:00Z", "2026-11-24T10:00:00+02:00")

    assert str(releases.parse(text, "release.toml", plan, []).go_at_utc) == "2026-11-24 08:00:00+00:00"


def test_only_what_the_moment_needs_must_be_there(plan):
    """A stage does not ask for a roster; the 30-minute confirmations do."""
    releases.parse(NO_ROSTER, "release.toml", plan, ["stage_50"])

    with pytest.raises(Invalid, match="roster: is missing, and go_plus_30 needs it"):
        releases.parse(NO_ROSTER, "release.toml", plan, ["go_plus_30"])


@pytest.mark.parametrize("moment", ["go_plus_30", "go_plus_60"])
def test_in_a_rehearsal_the_go_is_when_it_starts(plan, moment):
    """On a real target somebody gives it."""
    text = re.sub("^go_at_utc.*$", "", RELEASE_TEXT, flags=re.MULTILINE)
    real = text.replace('target = "rehearsal"', 'target = "real"') + REAL

    assert releases.parse(text, "release.toml", plan, [moment]).go_at_utc is None
    with pytest.raises(Invalid, match=f"^release.toml: go_at_utc: is missing, and {moment} needs it.$"):
        releases.parse(real, "release.toml", plan, [moment])


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00", "go_at_utc = .*needs a time zone"),
        ('version = "v20261124.1"', 'version = "1.2.3"', "version = '1.2.3': should look like v20261124.1"),
        ('\ncommit = "', '\ncommit = "zz', "a full commit SHA"),
        ('model = "lumen-mini"', 'model = "lumen-mega"', "'lumen-mega', which has no price"),
        ('path = "/api/tutor"', 'path = "api/tutor"', "beginning with a slash"),
    ],
)
def test_an_error_in_the_release_file_is_a_sentence(plan, right, wrong, says):
    """Key, value, and how it should look."""
    with pytest.raises(Invalid, match=says):
        releases.parse(RELEASE_TEXT.replace(right, wrong), "release.toml", plan, ["stage_50"])


def test_each_assumption_is_listed_once_whatever_was_asked_of_the_plan_before():
    """The placebo hour is made of a row that is listed already."""
    plan = load_plan()
    before = plan.assumptions
    again = load_plan()

    assert again.placebo.note in before
    assert again.assumptions == before and len(set(before)) == len(before)


def test_the_placebo_hour_is_long_enough_to_be_weighed(plan):
    """It is observed like the first stage, and no check is asked of it."""
    assert plan.placebo.hold_min >= plan.evidence.placebo_min_least
    assert plan.placebo.traffic_pct == plan.stages[0].traffic_pct
    assert plan.placebo not in plan.moments


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("input_usd_per_mtok = 0.40", "input_usd_per_mtok = 0.0000004"),
        ("input_usd_per_mtok = 0.40", "input_usd_per_mtok = true"),
        ("input_usd_per_mtok = 0.40", 'input_usd_per_mtok = "0.4"'),
        ("migrations = false", "migrations = 0"),
        ("go_at_utc = 2026-11-24T08:00:00Z", "go_at_utc = 1795507200"),
        ("go_at_utc = 2026-11-24T08:00:00Z", "go_at_utc = 0001-01-01T00:00:00+02:00"),
        ('path = "/api/quiz"\nmodel', 'path = "/api/tutor"\nmodel'),
        ('paths = ["/", ', 'paths = ["/", "/", '),
        ('scope = "Tutor', 'canary = { canary = "on", control = "on" }\nscope = "Tutor'),
    ],
)
def test_a_fact_that_would_prove_nothing_is_refused(plan, change, says):
    """A price for a token, a number in other digits or as text, a key that leads both ways."""
    assert change in RELEASE_TEXT
    with pytest.raises(Invalid) as refused:
        releases.parse(RELEASE_TEXT.replace(change, says, 1), "release.toml", plan, ["stage_50"])

    assert len(refused.value.problems) == 1
