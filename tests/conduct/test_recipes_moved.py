"""docs/recipes.md as it stands there, tried on stand-ins for Argo Rollouts, Flagger and the Gateway API."""

import json
import re
import shutil
import tomllib
from types import SimpleNamespace

import pytest
import yaml

from conduct.effects import Effects
from conduct.journal import Journal
from fixtures.traffic.command import CommandTraffic
from ramp.happened import WeightRead
from ramp.ordered import SetWeight
from ramp.ports import TrafficFailed
from ramp.traffic_rows import TrafficCommands
from ramp.validation import typed
from tests.conftest import PROJECT

TEXT = (PROJECT / "docs" / "recipes.md").read_text("utf-8")
ROWS = [tomllib.loads(each)["real"]["traffic"] for each in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)]
SCRIPT = re.search(r"```sh\n(#!/bin/sh.*?)```", TEXT, re.DOTALL)[1]
STEPS = yaml.safe_load(re.search(r"```yaml\n( +steps: .*?)```", TEXT, re.DOTALL)[1])["steps"]


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """What the stand-in keeps, read anew; `cluster(ready=False)` changes it."""
    programs, file = tmp_path / "bin", tmp_path / "cluster.json"
    programs.mkdir()
    shutil.copy(PROJECT / "tests/conduct/stand_in_kubectl.py", programs / "kubectl")
    (programs / "argo-weight").write_text(SCRIPT, "utf-8")
    for program in programs.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setenv("STAND_IN", str(file))
    status = {"currentStepIndex": 1, "canary": {"weights": {"canary": {"weight": 0}}}}
    refs = [{"name": "shop-stable", "weight": 100}, {"name": "shop-canary", "weight": 0}]
    world = {
        "ready": True,
        "rollout": {"spec": {"strategy": {"canary": {"steps": STEPS}}}, "status": status},
        "httproute": {"spec": {"rules": [{"backendRefs": refs}]}},
    }
    file.write_text(json.dumps(world), "utf-8")

    def changed(**with_these):
        world = json.loads(file.read_text("utf-8")) | with_these
        file.write_text(json.dumps(world), "utf-8")
        return world

    return changed


def traffic(row):
    argv = {
        name: [each.replace("/usr/local/bin/", "") for each in of] for name, of in row.items() if name != "timeout_s"
    }
    return CommandTraffic(typed(TrafficCommands, argv | {"timeout_s": 20}, "docs/recipes.md"))


@pytest.mark.parametrize("row", ROWS, ids=["argo", "gateway"])
def test_each_tool_goes_up_by_the_plans_weights_and_back_to_zero(cluster, row):
    tool = traffic(row)
    assert tool.weight_pct() == 0
    for pct in (1, 10):
        tool.set_weight(pct)
        assert tool.weight_pct() == pct
    tool.roll_back()
    assert tool.weight_pct() == 0


def test_a_second_promote_skips_no_stage(cluster):
    """Whoever repeats an order, by hand or after a crash, is refused, and the weight stays."""
    tool = traffic(ROWS[0])
    tool.set_weight(1)
    with pytest.raises(TrafficFailed, match="the next step sets 10, and 1 was ordered"):
        tool.set_weight(1)
    with pytest.raises(TrafficFailed, match="the next step sets 10, and 25 was ordered"):
        tool.set_weight(25)
    assert tool.weight_pct() == 1


def test_where_somebody_promoted_by_hand_the_conductor_sets_nothing(cluster, rehearsed):
    """A promote would go on to 50 % from there: the weight that is read must be the previous stage's."""
    tool, run = traffic(ROWS[0]), rehearsed(secrets={})
    rollout = cluster()["rollout"]
    rollout["status"] = {"currentStepIndex": 7, "canary": {"weights": {"canary": {"weight": 25}}}}
    cluster(rollout=rollout)
    with Journal(run.folder, ()) as journal:
        effects = Effects(SimpleNamespace(run=run), journal, SimpleNamespace(traffic=tool), [])
        came = effects.carry_out(SetWeight("stage_25", 10, 25))
        effects.close()
    assert came == WeightRead(25, "it was to be 10 % before 25 % is set")
    assert tool.weight_pct() == 25


def test_after_an_abort_no_weight_is_set(cluster):
    tool = traffic(ROWS[0])
    tool.set_weight(1)
    tool.roll_back()
    with pytest.raises(TrafficFailed, match="the Rollout is aborted"):
        tool.set_weight(10)
    assert tool.weight_pct() == 0


def test_a_route_of_other_services_is_left_as_it_is(cluster):
    refs = [{"name": "shop-canary", "weight": 0}, {"name": "shop-stable", "weight": 100}]
    cluster(httproute={"spec": {"rules": [{"backendRefs": refs}]}})
    with pytest.raises(TrafficFailed, match="`kubectl` ended with status 1"):
        traffic(ROWS[1]).set_weight(10)
    assert cluster()["httproute"]["spec"]["rules"][0]["backendRefs"] == refs


def test_the_gateways_canary_is_ready_once_its_deployment_is(cluster):
    assert traffic(ROWS[1]).ready(10) is True
    cluster(ready=False)
    assert traffic(ROWS[1]).ready(10) is False
    assert traffic(ROWS[0]).ready(10) is None
