"""What may be changed outside: all of a rehearsal, of a real one what tokens and --act allow, of a record nothing."""

from typing import get_args

import pytest

from conduct.changes import TELLING, WITHOUT_ACT, Change
from conduct.real_site import RealSite
from conduct.rehearsed_site import Recorded, Rehearsal
from conduct.run import PLAN_FILE, load_release
from conduct.which_site import site_of
from fixtures.clock import PlanClock
from ramp.observation import NoEvidence
from ramp.target import ScrapeEndpoint, Target
from ramp.validation import Invalid

CHANGES = get_args(Change)
FACTS = {"scenario": "healthy", "speed": None, "plan_file": PLAN_FILE}


@pytest.fixture
def release(plan):
    return load_release(PLAN_FILE.parents[1] / "release.toml", plan, [])


@pytest.fixture
def real(release):
    target = Target(edge_url="http://127.0.0.1:9", scrapes=(ScrapeEndpoint(url="http://127.0.0.1:9/metrics"),))
    return release.model_copy(update={"target": "real", "real": target})


def opened(release, folder, **changed):
    return site_of(release, folder, release_file=folder / "release.toml", **(FACTS | {"recorded": False} | changed))


def test_a_rehearsal_that_runs_may_be_changed_in_every_way(rehearsed):
    site = rehearsed(secrets={}).site

    assert all(site.may(what) for what in CHANGES)
    for what in CHANGES:
        site.must_allow(what)


@pytest.mark.parametrize("what", TELLING)
def test_people_are_told_of_a_real_target_by_whoever_has_a_token(real, tmp_path, what):
    """--act is for traffic, money, database and load."""
    opened(real, tmp_path).must_allow(what)


@pytest.mark.parametrize("what", [change for change in CHANGES if change not in TELLING])
def test_a_real_target_is_changed_with_act_only_and_some_things_never(real, tmp_path, what):
    asked, allowed = opened(real, tmp_path), opened(real, tmp_path, act=True)

    assert not asked.may(what)
    with pytest.raises(NoEvidence, match="--act" if what in WITHOUT_ACT else "not for the suite"):
        asked.must_allow(what)
    assert allowed.may(what) == (what in WITHOUT_ACT)


@pytest.mark.parametrize("what", CHANGES)
def test_of_a_recording_nothing_can_be_changed_and_it_says_why(release, tmp_path, what):
    site = opened(release, tmp_path, recorded=True, act=True)

    assert isinstance(site, Recorded) and site.is_recording and not site.asks_load
    assert not site.may(what) and site.begin() is site
    with pytest.raises(NoEvidence, match="has ended, so there is nothing left to probe"):
        site.must_allow(what)


def test_a_real_target_runs_at_the_clocks_own_speed_and_takes_no_scenario(real, tmp_path):
    site = opened(real, tmp_path)

    assert isinstance(site, RealSite) and (site.speed, site.clock.speed) == (1.0, PlanClock.real().speed)
    with pytest.raises(Invalid, match="is for the rehearsal"):
        opened(real, tmp_path, scenario="slow_canary")
    with pytest.raises(Invalid, match="a rehearsal never touches a real target"):
        site.must_rehearse()


def test_a_real_target_on_loopback_may_run_faster_in_the_same_time_for_every_process_of_its_run(real, tmp_path):
    """Also for one that goes on without --speed."""
    clock = opened(real, tmp_path, speed=20.0).clock
    others = [opened(real, tmp_path), opened(real, tmp_path, speed=5.0)]

    assert clock.speed == 20 and all(site.clock == clock and site.speed == 20 for site in others)


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"speed": 0, "began_at_s": 1, "began_monotonic_s": 1}', "null"])
def test_plan_time_that_nobody_can_tell_any_more_is_refused(real, tmp_path, note):
    (tmp_path / "clock.json").write_text(note)

    with pytest.raises(Invalid, match=r"clock\.json is damaged, or the machine began anew"):
        opened(real, tmp_path)


def test_time_that_passed_faster_does_not_on_an_address_that_moved_elsewhere(real, tmp_path):
    assert opened(real, tmp_path, speed=20.0).clock.speed == 20
    moved = real.real.model_copy(update={"edge_url": "https://app.example.com"})

    with pytest.raises(Invalid, match=r"edge_url is on app\.example\.com"):
        opened(real.model_copy(update={"real": moved}), tmp_path, speed=None)


def test_a_rehearsal_that_was_not_started_answers_nothing_yet(release, tmp_path):
    site = opened(release, tmp_path)

    assert isinstance(site, Rehearsal) and site.asks_load and not site.may("pay")
    with pytest.raises(NoEvidence, match="nothing left to probe"):
        _ = site.target


def test_a_rehearsal_uses_its_own_secrets_and_not_the_users_and_masks_both(rehearsed, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_the_user")
    monkeypatch.setenv("PGPASSWORD", "kingfisher")
    site = rehearsed(secrets={"STRIPE_API_KEY": "sk_test_rehearsal"}).site

    assert site.secret("STRIPE_API_KEY").get_secret_value() == "sk_test_rehearsal"
    assert {"sk_test_rehearsal", "sk_test_of_the_user", "kingfisher"} <= {*site.secrets}
    with pytest.raises(NoEvidence, match="SLACK_BOT_TOKEN is not set"):
        site.secret("SLACK_BOT_TOKEN")
