"""Values from outside have a form: what does not have it is one line with the key, the value and an example."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp import release as releases
from ramp.forms import is_secret_of_form
from ramp.takes_payments import takes_payments
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
REAL = """
[real]
edge_url = "{edge_url}"
scrapes = [{{ url = "http://127.0.0.1:9/metrics" }}]
stripe_key_env = "{key_env}"
[real.load]
arrivals_per_s_max = 300
checkout_path = "/shop/till"
"""


def parsed(plan, *, edge_url="https://shop.example.com", key_env="STRIPE_API_KEY", real=True, **facts):
    text = (PROJECT / "release.toml").read_text()
    for name, value in facts.items():
        text, count = re.subn(rf"(?m)^{name} = .*$", lambda _, said=f"{name} = {value}": said, text, count=1)
        text = text if count else f"{name} = {value}\n{text}"
    if real:
        text = text.replace('target = "rehearsal"', 'target = "real"')
        text += REAL.format(edge_url=edge_url, key_env=key_env)
    return releases.parse(text, "release.toml", plan, [])


def problems_of(plan, **given):
    with pytest.raises(Invalid) as refused:
        parsed(plan, **given)
    assert all(problem.isprintable() for problem in refused.value.problems), "one line each"
    return refused.value.problems


@pytest.mark.parametrize(
    "version",
    [
        "v٢٠٢٦١١٢٤.1", "v20261124.١", "v20261124.01", "v20261124.00", "v20261324.1", "v20260230.1", "v20261124.",
        "v20261124.1 ", "v20261124.1\\n", "V20261124.1", "v20261124.1.2", "v00000101.1", "v20261124.1234567890",
    ],
)  # fmt: skip
def test_a_version_is_a_day_and_a_number_in_ascii_digits_and_written_one_way(plan, version):
    (problem,) = problems_of(plan, version=f'"{version}"')

    assert "should look like v20261124.1 (vYYYYMMDD.X)" in problem


@pytest.mark.parametrize("version", ["v20261124.1", "v20261124.0", "v20280229.10", "v20261124.120"])
def test_a_version_of_that_form_is_taken(plan, version):
    assert parsed(plan, version=f'"{version}"').version == version


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://[127.0.0.1]:1", "which is no IPv6 address|IPv4 address cannot be in brackets"),
        ("http://[fe80::1%25eth0]/", "has a zone index"),
        ("http://[::1%lo]:8080", "has a zone index"),
        ("http://[::1", "is no address"),
        ("http://[localhost]/", "no IPv6 address|does not appear to be an IPv4 or IPv6 address|Invalid"),
        ("http://", "should look like"),
        ("http:///path", "names no host"),
        ("http://:8080/", "names no host"),
        ("http://host:0/", "the port 0"),
        ("http://host:65536/", "is no address"),
        ("http://host:٨٠/", "should look like"),
        ("http://höst/", "should look like"),
        ("http://exa mple/", "should look like"),
        ("http://127.0.0.1\\\\@shop.example.com/", "two addresses"),
        ("http://a@127.0.0.1@shop.example.com/", "two addresses"),
        ("http://a%00b/", "names no host"),
        ("ftp://host/", "should look like"),
        ("http://127.1:9090", "another spelling"),
        ("http://0x7f000001/", "another spelling"),
        ("http://2130706433/", "another spelling"),
        ("http://0177.0.0.1/", "another spelling"),
    ],
)
def test_an_address_names_one_host_that_every_library_reads_alike(plan, address, says):
    (problem,) = problems_of(plan, edge_url=address)

    assert problem.startswith("real.edge_url = "), problem
    assert re.search(says, problem), problem


@pytest.mark.parametrize(
    "address", ["http://[::1]:8080", "https://shop.example.com", "http://127.0.0.1:1", "https://a-b_c.example/x?y=1"]
)
def test_an_address_of_that_form_is_taken(plan, address):
    assert parsed(plan, edge_url=address).real.edge_url == address


@given(text=st.text(max_size=30))
def test_whatever_stands_in_the_place_of_an_address_is_taken_or_told_in_one_line(plan, text):
    quoted = text.encode("unicode_escape").decode().replace("\\x", "\\u00").replace('"', "'")
    for address in (quoted, f"http://{quoted}", f"http://[{quoted}]/", f"http://host:{quoted}/"):
        try:
            parsed(plan, edge_url=address)
        except Invalid as refused:
            told = refused.problems
        else:
            told = ()
        assert all(problem.isprintable() for problem in told)


@pytest.mark.parametrize("name", ["STRIPE_API_KEY\\n", "stripe_key", "STRIPE KEY", "STRIPE_API_KEY٣", "", "1KEY"])
def test_the_name_of_a_secret_is_one_of_an_environment_variable(plan, name):
    (problem,) = problems_of(plan, key_env=name)

    assert "the name of an environment variable" in problem


@pytest.mark.parametrize(
    ("secret", "fine"),
    [("rk_live_1", True), ("xoxb-1-2", True), ("rk_live_1\n", False), (" rk", False), ("a b", False), ("k\x00", False),
     ("", False), ("schlüssel", False), ("a\tb", False)],
)  # fmt: skip
def test_a_secret_is_printable_and_has_no_blanks(secret, fine):
    assert is_secret_of_form(secret) == fine


@pytest.mark.parametrize(
    "path",
    [
        "/shop/till", "/shop/till/", "//shop//till", "/shop/TILL", "/shop/till?x=1", "/shop/%74ill", "/shop/x/../till",
        "/shop/./till", "/shop/till;v=1", "/api/checkout", "/v1/payment_intents", "/v1/payment_intents/pi_1/confirm",
        "/pay", "/api/payments", "/api/v2/Charges",
    ],
)  # fmt: skip
def test_no_journey_and_no_ai_route_of_a_real_target_is_a_way_to_money(plan, path):
    (problem,) = refused_beside(plan, f'[[journeys]]\nmethod = "POST"\npath = "{path}"\n')
    assert problem.startswith(f"journeys: POST {path} may take a payment of a real target")
    (problem,) = refused_beside(plan, f'[[routes]]\npath = "{path}"\nmodel = "lumen-mini"\n')
    assert problem.startswith(f"routes: POST {path} may take a payment")


def refused_beside(plan, table):
    text = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    text += table + REAL.format(edge_url="https://shop.example.com", key_env="STRIPE_API_KEY")
    with pytest.raises(Invalid) as refused:
        releases.parse(text, "release.toml", plan, [])
    return refused.value.problems


@pytest.mark.parametrize(
    "path", ["/api/tutor", "/shop/tills", "/courses/payments-101", "/paying", "/api/checkouts-list"]
)
def test_a_path_that_only_resembles_one_is_none(path):
    assert not takes_payments(path, "/shop/till")


def test_a_page_that_is_only_looked_at_may_have_any_name_and_a_rehearsals_money_is_none(plan):
    assert parsed(plan).journeys
    text = (PROJECT / "release.toml").read_text()
    rehearsed = text + '[[journeys]]\nmethod = "POST"\npath = "/api/checkout"\n'
    assert releases.parse(rehearsed, "release.toml", plan, []).journeys[-1].path == "/api/checkout"
    looked_at = text.replace('target = "rehearsal"', 'target = "real"') + '[[journeys]]\npath = "/checkout"\n'
    looked_at += REAL.format(edge_url="https://shop.example.com", key_env="STRIPE_API_KEY")
    assert releases.parse(looked_at, "release.toml", plan, []).journeys[-1].path == "/checkout"
