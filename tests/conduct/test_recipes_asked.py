"""docs/recipes.md: Argo Rollouts and Flagger ask a real server, each by its own rules, as it stands there."""

import json
import re

import pytest
import yaml

from tests.conduct.verdict_served import COMMIT, ask, served, write_run
from tests.conftest import PROJECT
from tests.samples import latency, slow

TEXT = (PROJECT / "docs" / "recipes.md").read_text("utf-8")
TEMPLATE, CANARY, _ = (yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
METRIC = TEMPLATE["spec"]["metrics"][0]
HOOKS = {hook["type"]: hook["url"] for hook in CANARY["analysis"]["webhooks"]}
OF_ANOTHER = "f" * 40


def argo(address, moment, commit=COMMIT):
    """The phase of one measurement, by Argo's rules: any other status than 200 to 299 is an error; a failure counts
    before a success; where neither holds it is inconclusive (utils/evaluate, metricproviders/webmetric)."""
    url = METRIC["provider"]["web"]["url"].replace("{{args.moment}}", moment).replace("{{args.commit}}", commit)
    status, said = ask(address, url.partition(":8711")[2])
    if not 200 <= status < 300:
        return "Error"
    result = said[re.fullmatch(r"\{\$\.(\w+)\}", METRIC["provider"]["web"]["jsonPath"])[1]]
    holds = {name: result == re.fullmatch(r'result == "(\w+)"', METRIC[f"{name}Condition"])[1] for name in OUTCOMES}
    return next((phase for name, phase in OUTCOMES.items() if holds[name]), "Inconclusive")


OUTCOMES = {"failure": "Failed", "success": "Successful"}


@pytest.mark.parametrize(
    ("last", "ago_min", "moment", "commit", "phase"),
    [
        (latency, 1, "stage_10", COMMIT, "Successful"),
        (slow, 1, "stage_10", COMMIT, "Failed"),
        (slow, 600, "stage_10", COMMIT, "Failed"),
        (latency, 6, "stage_10", COMMIT, "Inconclusive"),
        (latency, 1, "stage_25", COMMIT, "Inconclusive"),
        (latency, 1, "stage_10", OF_ANOTHER, "Error"),
    ],
)
def test_argo_measures_continue_as_success_rollback_as_failure_and_hold_as_inconclusive(
    tmp_path, plan, last, ago_min, moment, commit, phase
):
    with served(write_run(tmp_path / "run", plan, "stage_1", "stage_10", last=last, ago_min=ago_min)) as address:
        assert argo(address, moment, commit) == phase


def flagger(address, hook, weight=None):
    """Whether Flagger goes on, or with the rollback hook goes back: any status above 202 is a no (CallWebhook)."""
    told = {"name": "shop", "namespace": "shop", "phase": "Progressing", "metadata": {}}
    told |= {} if weight is None else {"canaryWeight": weight}
    return ask(address, HOOKS[hook].partition(":8711")[2], "POST", json.dumps(told))[0] <= 202


INCREASE, PROMOTION, BACK = "confirm-traffic-increase", "confirm-promotion", "rollback"
BEFORE_T0 = ("t_minus_10",)
TO_10 = ("t_minus_10", "stage_1", "stage_10")
ALL = (*TO_10, "stage_25", "stage_50", "stage_100")


@pytest.mark.parametrize(
    ("moments", "last", "hook", "weight", "goes"),
    [
        (BEFORE_T0, None, INCREASE, 0, True),
        (TO_10, None, INCREASE, 10, True),
        (TO_10, None, INCREASE, 25, False),  # it went on, and asks again at once
        (TO_10, None, INCREASE, 1, False),
        (TO_10, None, INCREASE, 20, False),
        (TO_10, None, INCREASE, None, True),
        (TO_10, slow, INCREASE, 10, False),
        (TO_10, None, PROMOTION, 50, False),
        (TO_10, None, PROMOTION, None, False),
        (ALL, None, PROMOTION, 100, True),
        (ALL, None, PROMOTION, None, True),
        (TO_10, slow, BACK, 10, True),
        (TO_10, None, BACK, 10, False),
        (BEFORE_T0, None, BACK, 0, False),
    ],
)
def test_flagger_goes_on_by_a_continue_of_its_weight_and_back_by_a_rollback(
    tmp_path, plan, moments, last, hook, weight, goes
):
    with served(write_run(tmp_path / "run", plan, *moments, last=last)) as address:
        assert flagger(address, hook, weight) is goes


@pytest.mark.parametrize("hook", list(HOOKS))
def test_flagger_neither_goes_on_nor_back_by_what_is_no_evidence(tmp_path, hook):
    with served(tmp_path / "no-run") as address:
        assert flagger(address, hook, 10) is False


NONE_OF_THEM = (
    *("", "[]", "no JSON", '{"canaryWeight": "10"}', '{"canaryWeight": true}', "[" * 9000),
    *('{"canaryWeight": NaN}', '{"canaryWeight": 1e999}', '{"canaryWeight": 1' + 400 * "0" + "}", "{" * 70_000),
)


@pytest.mark.parametrize("body", NONE_OF_THEM, ids=range(len(NONE_OF_THEM)))
def test_a_body_that_cannot_be_meant_is_no_yes(tmp_path, plan, body):
    with served(write_run(tmp_path / "run", plan, "stage_1")) as address:
        status, said = ask(address, "/?moment=stage_10", "POST", body)
    assert status in (400, 503) and said["action"] == "HOLD"
