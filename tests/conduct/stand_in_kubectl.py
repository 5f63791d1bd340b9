#!/usr/bin/env -S python3 -IS
"""Stands in for kubectl with Argo Rollouts' plug-in: one Rollout and one HTTPRoute, kept in the file $STAND_IN.

What is imitated: get with a jsonpath of names and indices, a JSON patch of test and replace that is taken as a whole
or not at all, promote, which goes on from a pause to the next one whatever weight it sets, and abort.
"""

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

FILE = Path(os.environ["STAND_IN"])


def steps_of(path):
    return [int(each) if each.isdigit() else each for each in re.findall(r"[^.\[\]/]+", path)]


def at(world, steps):
    for step in steps:
        world = world[step]
    return world


def patched(world, operations):
    for each in operations:
        *parent, last = steps_of(each["path"])
        if each["op"] == "test" and at(world, parent)[last] != each["value"]:
            sys.exit("The request is invalid: the server rejected our request due to an error in our request")
        if each["op"] == "replace":
            at(world, parent)[last] = each["value"]


def promoted(rollout):
    status, steps = rollout["status"], rollout["spec"]["strategy"]["canary"]["steps"]
    if status.get("abort"):
        sys.exit("the Rollout is aborted")
    status["currentStepIndex"] += 1
    while status["currentStepIndex"] < len(steps) and "pause" not in steps[status["currentStepIndex"]]:
        status["canary"]["weights"]["canary"]["weight"] = steps[status["currentStepIndex"]]["setWeight"]
        status["currentStepIndex"] += 1


def main(words):
    world = json.loads(FILE.read_text("utf-8"))
    typed = [each for each in words if each not in ("--namespace", "shop")]
    verb = "promote" if "promote" in typed else "abort" if "abort" in typed else typed[0]
    if verb == "get":
        path = typed[-1].removeprefix("jsonpath={").removesuffix("}")
        with suppress(IndexError, KeyError):  # as kubectl: a field that is not there is nothing
            print(at(world[typed[1]], steps_of(path)), end="")
    elif verb == "patch":
        patched(world[typed[1]], json.loads(typed[-1]))
    elif verb == "promote":
        promoted(world["rollout"])
    elif verb == "abort":
        world["rollout"]["status"] |= {"abort": True, "canary": {"weights": {"canary": {"weight": 0}}}}
    elif verb == "rollout":
        sys.exit(0 if world["ready"] else "error: timed out waiting for the condition")
    FILE.write_text(json.dumps(world), "utf-8")


main(sys.argv[1:])
