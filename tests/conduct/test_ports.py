"""Who sets traffic, and what is said to whom where nothing here may."""

import pytest

from conduct.ports import ports_of
from ramp.ports import TrafficFailed
from ramp.release import Release
from ramp.target import Target

NOWHERE = "http://127.0.0.1:9"
EDGE = {"admin_url": NOWHERE}


@pytest.fixture
def ports(on_real, plan, tmp_path):
    """`ports(traffic, act=)`: those of a real target with this for [real.traffic], and what was said."""

    def of(traffic, *, act):
        target = Target(edge_url=NOWHERE, scrapes=({"url": f"{NOWHERE}/metrics"},), traffic=traffic)
        release = Release(version="v20261124.1", commit="a" * 40, target="real", real=target)
        said = []
        return ports_of(on_real(release, plan, tmp_path, act=act), said.append), said

    return of


@pytest.mark.parametrize("act", [False, True])
def test_without_a_tool_traffic_is_watched_and_nobody_is_told_to_type_what_cannot_help(ports, act):
    of, said = ports(None, act=act)
    assert not of.acts
    assert [line.startswith("--act sets no traffic without [real.traffic]") for line in said] == [True] * act
    of.traffic.set_weight(10)
    assert said[-1].startswith("set the canary's weight to 10 % now, with your own tool: nothing is set here without [")
    with pytest.raises(TrafficFailed, match=r"\[real.traffic\].*take all users back with your own tool, now"):
        of.traffic.roll_back()
    assert "python -m ramp rollback" not in "".join(said)


def test_without_act_the_command_that_rolls_back_is_named(ports):
    of, said = ports(EDGE, act=False)
    with pytest.raises(TrafficFailed, match="without --act: type `python -m ramp rollback`"):
        of.traffic.roll_back()
    of.traffic.set_weight(10)
    assert not of.acts and said == [
        "set the canary's weight to 10 % now, with your own tool: nothing is set here without --act"
    ]


@pytest.mark.parametrize("act", [False, True])
def test_what_a_tools_commands_print_is_kept_in_the_runs_folder(ports, tmp_path, act):
    of, _ = ports({"read": ("echo", "0"), "set": ("echo", "{weight_pct}"), "rollback": ("echo", "0")}, act=act)
    of.traffic.weight_pct()
    assert (tmp_path / "traffic.log").read_text("utf-8").endswith("s: echo 0 | 0\n")


def test_with_a_tool_and_act_it_is_set(ports):
    of, said = ports(EDGE, act=True)
    assert of.acts and said == []
