"""A page is counted once, however its address is spelt."""

import pytest

from ramp.addresses import one_page
from ramp.target import ScrapeEndpoint, Target
from ramp.validation import Invalid, typed

PAGE = "http://127.0.0.1:9090/metrics?b=2&a=1"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://localhost:9090/metrics?a=1&b=2",
        "http://LOCALHOST.:9090/metrics/?b=2&a=1",
        "http://[::1]:9090//metrics?b=2&a=1#top",
        "http://[::ffff:127.0.0.1]:9090/./metrics?b=2&a=1",
        "http://0.0.0.0:9090/x/../metrics?b=2&a=1",
        "http://reader:word@127.0.0.1:9090/%6detrics?b=2&a=1",
        "http://127.0.0.1:09090/metrics?b=%32&a=1",
    ],
)
def test_two_spellings_of_one_page_are_one(spelling):
    assert one_page(spelling) == one_page(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        "http://127.0.0.1:9091/metrics?b=2&a=1",
        "https://127.0.0.1:9090/metrics?b=2&a=1",
        "http://127.0.0.1:9090/federate?b=2&a=1",
        "http://127.0.0.1:9090/metrics?b=2&a=2",
        "http://10.0.0.1:9090/metrics?b=2&a=1",
        "http://127.0.0.1:9090/Metrics?b=2&a=1",
    ],
)
def test_two_pages_are_two(other):
    assert one_page(other) != one_page(PAGE)


def test_a_port_that_goes_without_saying_is_the_same_said():
    assert one_page("https://Canary.example:443/metrics") == one_page("https://canary.example/metrics/")
    assert one_page("http://canary.example:80") == one_page("http://canary.example/")


def pages(*scrapes):
    return typed(Target, {"edge_url": "http://edge", "scrapes": list(scrapes)}, "release.toml")


@pytest.mark.parametrize(
    ("slices", "says"),
    [
        (("canary", "canary"), "would count twice"),
        ((None, None), "would count twice"),
        (("canary", "control"), "would be the canary's and control's alike"),
        (("canary", None), "would be the canary's and control's alike"),
    ],
)
def test_one_page_is_neither_counted_twice_nor_both_slices(slices, says):
    """By any two spellings: the canary would be judged by control's answers."""
    spellings = zip(("http://127.0.0.1:80/metrics", "http://localhost/metrics/"), slices, strict=True)

    with pytest.raises(Invalid) as refused:
        pages(*({"url": url} | ({"slice": slice} if slice else {}) for url, slice in spellings))

    (problem,) = refused.value.problems
    assert problem.startswith("scrapes: [0] and [1] are one page") and says in problem


def test_every_page_that_is_there_twice_is_said_at_once():
    with pytest.raises(Invalid) as refused:
        pages(*({"url": f"http://{host}/{path}"} for path in "ab" for host in ("localhost", "127.0.0.1")))

    assert "[0] and [1]" in str(refused.value) and "[2] and [3]" in str(refused.value)


def test_two_pages_of_one_slice_are_fine():
    assert len(pages(*(ScrapeEndpoint(url=f"http://pod-{n}/metrics", slice="canary") for n in "ab")).scrapes) == 2
