"""The instances of a slice: each counts its own requests from its own beginning, and a restart forgets one of them."""

import contextvars

import pytest
from prometheus_client.parser import text_string_to_metric_families

from fixtures.rehearsal.faults import AppFaults
from fixtures.rehearsal.telemetry import Instances, addresses


def said(instances, path="/metrics"):
    """What an address says of users, and when its process began."""
    families = text_string_to_metric_families(instances.page(path).decode())
    values = {sample.name: sample.value for family in families for sample in family.samples}
    return values["users_total"], values["process_start_time_seconds"]


def serve(instances, requests):
    """Each of which is a user's first."""

    def answer():
        instances.take_request()
        instances.here.users.inc()

    for _ in range(requests):
        contextvars.copy_context().run(answer)


def test_one_instance_counts_everything():
    instances = Instances(AppFaults())
    serve(instances, 9)
    assert addresses(AppFaults()) == ["/metrics"] and said(instances)[0] == 9


def test_one_of_two_instances_restarts_and_its_sister_goes_on():
    faults = AppFaults(instances="one_of_two_restarts")
    instances = Instances(faults)
    serve(instances, 110)
    before = [said(instances, path) for path in addresses(faults)]
    serve(instances, 20)
    after = [said(instances, path) for path in addresses(faults)]
    assert [users for users, _ in before] == [55, 55]
    assert after[0] == (65, before[0][1]), "the sister goes on"
    assert 0 < after[1][0] < 10 and after[1][1] > before[1][1], "it began anew"


def test_two_workers_answer_one_address_in_turn():
    faults = AppFaults(instances="two_behind_one_url")
    instances = Instances(faults)
    serve(instances, 7)
    (path,) = addresses(faults)
    first, second, third = (said(instances, path) for _ in range(3))
    assert first == third != second and first[0] + second[0] == 7
    assert first[1] - second[1] == pytest.approx(60, abs=0.01)
