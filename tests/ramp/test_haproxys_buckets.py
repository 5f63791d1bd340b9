"""HAProxy's map holds whole buckets of users: a number that cannot express a weight is refused as it is read."""

import re
from pathlib import Path

import pytest

from ramp import release as releases
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
RELEASE_TEXT = (PROJECT / "release.toml").read_text("utf-8").replace('target = "rehearsal"', 'target = "real"')
DRILL = """
[real.traffic.drill]
place = "own_rollout"
says = "nobody is there"
instead = {{ canary = "drill", shop = "drill" }}
edge_url = "https://drill"
weight_pct = {pct}
"""


def parsed(plan, buckets, drill_pct=None):
    real = f"""
[real]
edge_url = "https://edge"
scrapes = [{{ url = "https://edge/metrics" }}]
[real.traffic]
socket = "/run/haproxy.sock"
map = "/etc/haproxy/canary.map"
backend = "shop"
buckets = {buckets}
"""
    text = RELEASE_TEXT + real + (DRILL.format(pct=drill_pct) if drill_pct else "")
    return releases.parse(text, "release.toml", plan, [])


@pytest.mark.parametrize("buckets", [100, 200, 1000, 10_000, 1_000_000])
def test_a_number_that_can_set_every_stage_is_taken(plan, buckets):
    assert parsed(plan, buckets).real.traffic.buckets == buckets


@pytest.mark.parametrize(
    ("buckets", "drill_pct", "says"),
    [
        (150, None, "buckets: 150 cannot set 1 %, which is 1.5 of them; 100 or 200 or 1000 can."),
        (101, None, "buckets: 101 cannot set 1 %, which is 1.01 of them; 100 or 200 or 1000 can."),
        (100, 12.5, "buckets: 100 cannot set 12.5 %, which is 12.5 of them; 200 or 1000 or 10000 can."),
        (
            1000,
            33.33,
            "buckets: 1000 cannot set 33.33 %, which is 333.3 of them; 10000 or 100000 or 1000000 can.",
        ),
    ],
)
def test_a_number_that_cannot_set_a_weight_is_refused_with_one_that_can(plan, buckets, drill_pct, says):
    with pytest.raises(Invalid, match=re.escape(f"real.traffic.{says}")) as refused:
        parsed(plan, buckets, drill_pct)
    assert len(refused.value.problems) == 1
