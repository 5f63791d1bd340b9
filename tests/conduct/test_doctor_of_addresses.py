"""What is wrong with an address is one line of the doctor's, with what to type."""

import pytest
from aiohttp import web
from small_system import system

from fixtures.issuer import issuer_of
from tests.fixtures.certificates import Authority, served_over_tls

__all__ = ["system"]


def edge_line(system, url):
    system.real["edge_url"] = url
    (failed,) = [finding for finding in system.findings() if not finding.works]
    assert failed.url.startswith("http") and "\n" not in failed.said
    return failed.said


def test_a_name_that_nobody_knows(system):
    said = edge_line(system, "http://shop.invalid")
    assert said.startswith("http://shop.invalid/ cannot be reached: no such host is known here; is its name right?")


def test_an_authority_that_is_not_trusted_is_named(system, tmp_path):
    with served_over_tls(web.Application(), *Authority(tmp_path, "Shop Internal CA").signs("shop")) as url:
        said = edge_line(system, url)
        assert issuer_of(url) == "Shop Internal CA"

    assert "cannot be trusted over TLS: unable to get local issuer certificate; name its certificate" in said
    assert said.endswith("; it is signed by 'Shop Internal CA'")


def test_https_where_no_tls_is_spoken(system):
    said = edge_line(system, system.real["edge_url"].replace("http:", "https:"))
    assert "cannot be trusted over TLS: it speaks no TLS; write http:// instead" in said


def test_nothing_is_signed_where_nothing_speaks_tls(system):
    assert [issuer_of(url) for url in ("https://127.0.0.1:9", system.real["edge_url"], "https://")] == [""] * 3


@pytest.mark.parametrize(
    ("status", "said"), [(404, "answered 404: is the path right?"), (401, "answered 401: it asks who we are; set be")]
)
def test_a_page_that_is_not_there_or_not_for_us(system, serve, status, said):
    async def refuse(request):
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/metrics", refuse)
    system.real["scrapes"] = [{"url": f"{serve(app)}/metrics"}]

    assert said in system.failure()
