"""The fleets of the bench tell all of their instances, so that these are used."""

import numpy as np
import pytest

from conduct.run import load_plan
from ramp.judge import Judge
from tests.bench.instances import FLEETS, observed
from tests.bench.ramps import HEALTHY


@pytest.mark.parametrize("name", ["iid", "own slow AR", "noisy pod"])
def test_instances_add_up_and_are_used_to_the_end(name):
    (seen,) = observed(FLEETS[name], HEALTHY, 1, np.random.default_rng(1))
    for one in seen:
        by_instance, whole = one.counters["latency_s_by_instance"], one.counters["latency_s"]
        at_most = {le: sum(n for label, n in by_instance.items() if label.endswith(f"|{le}")) for le in whole}
        assert at_most == whole
    judge = Judge(load_plan(), ("latency",))
    notes = [looked.verdicts()["latency"].notes for looked in [*map(judge.add, seen), judge.end()] if looked]
    assert any("of control tell what one does by itself" in note for note in notes[-1]), notes[-1]
