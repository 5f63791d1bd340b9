"""Where a rollback may be drilled: never on the release's own rollout, and never by another program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ramp.traffic_rows import EdgeAdmin, HaproxyMap, TrafficCommands

COMMANDS = {
    "read": ("weight", "shop"),
    "set": ("weight", "shop", "{weight_pct}"),
    "rollback": ("weight", "shop", "0"),
}
STAGING = {
    "place": "staging",
    "says": "nobody shops there",
    "instead": {"shop": "shop-staging"},
    "edge_url": "https://staging.example.com",
}
PLACEBO = {
    "place": "placebo",
    "says": "both run the old version",
    "told_by": {"header": "X-Slice", "canary": "canary", "control": "control"},
}


def commands(drill, **change):
    return TrafficCommands(**(COMMANDS | change), drill=drill)


def test_the_same_command_runs_elsewhere_with_the_names_of_that_place():
    row = commands(STAGING)

    assert row.elsewhere().rollback == ("weight", "shop-staging", "0")
    assert row.elsewhere().set == ("weight", "shop-staging", "{weight_pct}")
    assert row.elsewhere().drill is None


def test_the_digest_is_the_releases_own_commands_wherever_it_is_drilled():
    """Another rollback command is another digest; another way to read the weight is not."""
    digest = commands(STAGING).sha256

    assert TrafficCommands(**COMMANDS).sha256 == digest == commands(STAGING, timeout_s=9).sha256
    assert commands(STAGING, rollback=("/bin/true", "shop")).sha256 != digest


@pytest.mark.parametrize(
    ("drill", "change", "why"),
    [
        (STAGING, {"rollback": ("weight", "off")}, "changes nothing of rollback"),
        (STAGING, {"set": ("weight", "on", "{weight_pct}")}, "changes nothing of set"),
        (STAGING | {"instead": {"weight": "other", "shop": "x"}}, {}, "another program"),
        (STAGING | {"instead": {"sho": "x"}}, {}, "changes nothing of read, set, rollback"),
        (STAGING | {"instead": {}}, {}, "needs instead"),
        (STAGING | {"edge_url": None}, {}, "needs instead"),
        (PLACEBO | {"instead": {"shop": "x"}}, {}, "leave out instead"),
        (PLACEBO | {"told_by": None}, {}, "a header that differs"),
        (STAGING | {"weight_pct": 0}, {}, "share of users"),
    ],
)
def test_a_drill_that_would_act_on_the_release_or_prove_nothing_is_refused(drill, change, why):
    with pytest.raises(ValidationError, match=why):
        commands(drill, **change)


def test_built_in_tools_are_drilled_at_another_address():
    edge = {"admin_url": "https://edge.example.com"}
    there = STAGING | {"instead": {"https://edge.example.com": "https://edge.staging.example.com"}}
    haproxy = {"socket": "/run/haproxy.sock", "map": "/etc/canary.map"}

    assert EdgeAdmin(**edge, drill=there).elsewhere().admin_url == "https://edge.staging.example.com"
    assert HaproxyMap(**haproxy, drill=STAGING | {"instead": {"canary": "drill"}}).elsewhere().key == "drill"
    with pytest.raises(ValidationError, match="changes nothing of backend"):  # whose open streams the drill would end
        HaproxyMap(**haproxy, key="share", drill=STAGING | {"instead": {"share": "drill"}})
    for row, of in ((EdgeAdmin, edge), (HaproxyMap, haproxy)):
        with pytest.raises(ValidationError, match="changes nothing of"):
            row(**of, drill=STAGING)


NAMES = st.sampled_from(["weight", "shop", "0", "staging", "-n", "prod"])
ARGV = st.lists(NAMES, min_size=1, max_size=4).map(tuple)


@given(read=ARGV, rollback=ARGV, instead=st.dictionaries(NAMES, NAMES, min_size=1, max_size=3))
def test_whatever_is_replaced_no_command_of_a_drill_is_the_releases_own(read, rollback, instead):
    try:
        row = commands(STAGING | {"instead": instead}, read=read, rollback=rollback)
    except ValidationError:
        return
    there = row.elsewhere()
    assert there.read != row.read and there.set != row.set and there.rollback != row.rollback
    assert there.rollback[0] == row.rollback[0]
