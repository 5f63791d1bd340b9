"""Checkouts under load: none is sent to another machine, whatever the order says."""

from pathlib import Path

import pytest

from ramp import release as releases
from ramp.load import order_for
from ramp.release import LoadAllowed, ScrapeEndpoint, Target
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
HERE, SHOP = "http://127.0.0.1:9", "https://shop.example.com"


def ordered(plan, *, edge_url=HERE, stripe_url=HERE, checkout_path="/api/checkout"):
    file = PROJECT / "release.toml"
    allowed = LoadAllowed(arrivals_per_s_max=300, checkout_path=checkout_path)
    scrapes = (ScrapeEndpoint(url=f"{edge_url}/metrics"),)
    target = Target(edge_url=edge_url, scrapes=scrapes, load=allowed, stripe_url=stripe_url)
    return order_for(plan, releases.parse(file.read_text(), file.name, plan, []), target, hold_s=60)


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ({"edge_url": SHOP}, "edge_url is on shop.example.com"),
        ({"stripe_url": "https://api.stripe.com"}, "stripe_url is on api.stripe.com"),
        ({"edge_url": SHOP, "stripe_url": "https://api.stripe.com"}, "edge_url is on shop.example.com"),
    ],
)
def test_load_that_would_pay_on_a_real_target_is_refused_in_one_sentence(plan, where, named):
    """Whether the edge is elsewhere or, behind an edge on loopback, the processor."""
    with pytest.raises(Invalid) as refused:
        ordered(plan, **where)

    (problem,) = refused.value.problems
    assert problem.startswith("load pays nothing on a real target yet: remove checkout_path under [real.load]")
    assert named in problem


def test_load_goes_anywhere_without_a_checkout_and_pays_on_loopback(plan):
    assert ordered(plan, edge_url=SHOP, stripe_url="https://api.stripe.com", checkout_path=None).checkout_path is None
    assert ordered(plan).checkout_path == "/api/checkout"
