"""`python -m ramp init --edge … --metrics …`: a release file of what was found, which the doctor reads."""

import tomllib

import pytest
from aiohttp import web

from conduct.doctor import findings
from conduct.first_plan import write_plan
from conduct.first_release import write_release
from conduct.run import load_plan, load_release
from ramp.__main__ import main
from ramp.observation import NoEvidence
from ramp.validation import Invalid

PAGE = """# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{{code="200",{of}le="0.1"}} 98
http_request_duration_seconds_bucket{{code="200",{of}le="0.25"}} 100
http_request_duration_seconds_bucket{{code="200",{of}le="+Inf"}} 100
http_request_duration_seconds_count{{code="200",{of}}} 100
http_request_duration_seconds_sum{{code="200",{of}}} 5
"""
TOKEN = "s3cret-of-the-page"
BOTH = PAGE.format(of='track="canary",') + PAGE.format(of='track="stable",').split("\n", 1)[1]


@pytest.fixture
def shop(serve):
    """A system whose edge says who answers, with a page of both slices and one of the canary's alone."""

    async def edge(request):
        version = "v20261124.2" if request.headers.get("x-canary") == "always" else "v20261110.1"
        return web.Response(headers={"X-Release-Version": version, "X-Release-Commit": "a" * 40})

    said = {"/openapi.json": '{"openapi": "3.1.0"}', "/both": BOTH, "/one": PAGE.format(of="")}
    said["/probed"] = PAGE.format(of="") + PAGE.format(of='path="/healthz",').split("\n", 1)[1]
    said["/locked"], said["/none"] = BOTH, "# TYPE up gauge\nup 1\n"

    async def page(request):
        if request.path == "/locked" and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        return web.Response(text=said[request.path]) if request.path in said else web.Response(text="<html>")

    app = web.Application()
    app.router.add_get("/", edge)
    app.router.add_get("/{page}", page)
    return serve(app)


def test_what_was_found_is_written_and_the_doctor_is_content_with_it(shop, tmp_path, on_real):
    file, plan_file = tmp_path / "first.toml", tmp_path / "plan.toml"
    write_plan(plan_file)

    assert write_release(file, shop, [f"{shop}/both"], None) == []
    plan = load_plan(plan_file)
    release = load_release(file, plan, [])
    found = findings(on_real(release, plan, tmp_path))

    assert (release.version, release.real.openapi_url) == ("v20261124.2", f"{shop}/openapi.json")
    assert release.real.slices.label == "track" and release.real.slices.control == "stable"
    assert [finding.said for finding in found if not finding.works] == []
    assert {"share now", "latency_s"} <= {finding.what for finding in found}


def test_what_it_could_not_find_is_said_and_marked_in_the_file(shop, tmp_path):
    to_do = write_release(tmp_path / "one.toml", shop, [f"{shop}/one"], None)
    assert to_do == ["[[real.scrapes]]: add control's page, for this one is of one slice"]
    assert "# CHANGE: control's page" in (tmp_path / "one.toml").read_text()

    (none,) = write_release(tmp_path / "none.toml", shop, [f"{shop}/none", f"{shop}/none"], None)
    assert none == "[real.series]: no requests were recognised among up, up"
    assert tomllib.loads((tmp_path / "none.toml").read_text())["real"]["scrapes"][1]["slice"] == "control"


def test_a_file_that_is_there_is_never_written_over(shop, tmp_path, capsys):
    file = tmp_path / "release.toml"
    file.write_text("mine")
    with pytest.raises(Invalid, match="is there already"):
        write_release(file, shop, [f"{shop}/both"], None)
    assert main(["init", f"--edge={shop}", f"--metrics={shop}/both", f"--write-release={file}"]) == 4
    assert file.read_text() == "mine" and "is there already" in capsys.readouterr().err


def test_nothing_is_written_where_nothing_answers(shop, tmp_path, capsys):
    file = tmp_path / "release.toml"
    with pytest.raises(NoEvidence, match="cannot be reached"):
        write_release(file, "http://127.0.0.1:9", [f"{shop}/both"], None)
    assert main(["init", f"--edge={shop}", f"--metrics={shop}/html", f"--write-release={file}"]) == 10
    assert main(["init", f"--metrics={shop}/both"]) == 4
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "name the edge with --edge=URL" in said[1] and not file.exists()


def test_a_page_behind_a_token_is_read_by_the_name_of_its_variable(shop, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    file = tmp_path / "release.toml"
    asked = ["init", f"--edge={shop}", f"--metrics={shop}/locked", f"--write-release={file}"]
    asked.append(f"--write-plan={tmp_path / 'plan.toml'}")

    assert main(asked) == 10 and "set bearer_env" in capsys.readouterr().err
    assert main([*asked, "--bearer-env=METRICS_TOKEN"]) == 0
    real = tomllib.loads(file.read_text())["real"]
    assert real["scrapes"][0]["access"] == {"bearer_env": "METRICS_TOKEN"} and "access" not in real
    assert TOKEN not in file.read_text() + capsys.readouterr().out


def test_health_probes_are_left_out_of_what_is_timed(shop, tmp_path):
    file = tmp_path / "release.toml"
    write_release(file, shop, [f"{shop}/probed"], None)
    row = tomllib.loads(file.read_text())["real"]["series"]["latency_s"]
    assert row == {"metric": "http_request_duration_seconds", "status": "code", "drop": {"path": ["/healthz"]}}
