"""Publishing: both reports reach #ship-room in the card's thread, and nothing with a secret in it ever does."""

import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from conduct.journal import Journal
from conduct.publish import NotPublished, ReportsNotMade, publish
from fixtures.ship_room import ShipRoom
from ramp.plan import Plan
from reports import allure_html
from reports.searched import UnsafeToPublish, refuse_known
from tests.journals import forge, lines_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRETS = {
    "a Stripe key or webhook secret": "rk_live_abcdefgh12345678",
    "a Slack token": "xoxb-1234567890-abcdef",
    "an AWS access key": "AKIAABCDEFGHIJKLMNOP",
    "a payment card number": "4242 4242 4242 4242",
    "an e-mail address": "pupil.one@school.example",
    "a credential": "pager-key-without-a-shape",
}
EMBEDDING = f"""#!{sys.executable}
import base64, pathlib, sys
results, output = (pathlib.Path(sys.argv[at]) for at in (2, 6))
output.mkdir()
data = [(file.name, base64.b64encode(file.read_bytes()).decode()) for file in results.glob("*-result.json")]
embedded = ",".join(f'd("data/test-results/{{name}}","{{encoded}}")' for name, encoded in data)
(output / "index.html").write_text(f"<html><script>{{embedded}}</script></html>")
"""


class Room:
    """Remembers what was uploaded."""

    def __init__(self) -> None:
        self.uploads: list[tuple[list[Path], str, str | None]] = []

    def upload(self, paths: Sequence[Path], comment: str, thread_ts: str | None = None) -> None:
        self.uploads.append((list(paths), comment, thread_ts))


@pytest.fixture
def run_folder(journal_of: Callable[..., Path], allure_results: Path, stand_in: Callable[[str], None]) -> Path:
    """A run with a journal, a posted card and Allure results, and a generator that embeds them as Allure does."""
    folder = journal_of("rollback")
    allure_results.rename(folder / "allure-results")
    with Journal(folder) as writing:
        writing.append(
            "card", NOON, moment="stage_1", text="-", posted=True, channel="C0SHIPROOM", ts="1795479381.000100"
        )
        writing.append("card", NOON, moment="stage_10", text="-", channel="C0SHIPROOM", posted=False, why="no answer")
    stand_in(EMBEDDING)
    return folder


def add_result(folder: Path, text: str) -> None:
    results = (folder / "allure-results").glob("*-result.json")
    file = next(each for each in results if "shiproom.decision" not in each.read_text())
    file.write_text(json.dumps(json.loads(file.read_text()) | {"description": f"it says {text} here"}))


def test_page_and_report_go_into_the_cards_thread_with_the_decision(run_folder: Path, plan: Plan) -> None:
    room = Room()
    uploaded = publish(run_folder, room, plan)
    assert [path.name for path in uploaded] == ["page.html", "allure-report.html"]
    said = "F1 fired: latency RED at stage_10: P95 143 ms is over 120 ms and stayed so for 15 min"
    assert room.uploads == [(uploaded, f"v20261124.1, stage_10: ROLLBACK - {said}", "1795479381.000100")]


def test_locusts_report_goes_along_and_is_searched_too(run_folder: Path, plan: Plan) -> None:
    file = run_folder / "load" / "locust.html"
    file.parent.mkdir()
    file.write_text('<script>window.templateArgs = {"host": "http://127.0.0.1"}\n</script>')
    room = Room()
    assert publish(run_folder, room, plan)[-1] == file
    file.write_text(f'<script>window.templateArgs = {{"host": "{SECRETS["a Slack token"]}"}}\n</script>')
    with pytest.raises(UnsafeToPublish, match=r"locust\.html holds a Slack token"):
        publish(run_folder, room, plan)
    file.write_text("<script>fetch('elsewhere')</script>")
    with pytest.raises(UnsafeToPublish, match="no data that can be searched"):
        publish(run_folder, room, plan)
    assert len(room.uploads) == 1


def test_publishing_again_tells_what_changed_since(run_folder: Path, plan: Plan) -> None:
    room = Room()
    publish(run_folder, room, plan)
    add_result(run_folder, "a later word")
    _, report = publish(run_folder, room, plan)
    embedded = [b64decode(encoded) for encoded in re.findall(r'","([\w+/=]*)"\)', report.read_text())]
    assert any(b"a later word" in text for text in embedded) and len(room.uploads) == 2


def test_allures_own_large_report_is_searched_and_zipped(
    generator: Path, run_folder: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(allure_html.GENERATOR_ENV, str(generator))
    room = Room()
    add_result(run_folder, SECRETS["a Slack token"])
    with pytest.raises(UnsafeToPublish, match="holds a Slack token"):
        publish(run_folder, room, plan)
    add_result(run_folder, "nothing")
    _, packed = publish(run_folder, room, plan)
    with zipfile.ZipFile(packed) as archive:
        assert archive.namelist() == ["allure-report.html"]
        assert len(archive.read("allure-report.html")) > packed.stat().st_size
    assert len(room.uploads) == 1


def test_files_arrive_over_slacks_own_protocol(
    run_folder: Path, plan: Plan, serve: Callable[[web.Application], str]
) -> None:
    """Through the official SDK, against a server that speaks the three steps of an upload."""
    completed: list[dict[str, Any]] = []

    async def where(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response({"ok": True, "upload_url": f"http://{request.host}/raw", "file_id": form["filename"]})

    async def raw(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="OK")

    async def complete(request: web.Request) -> web.Response:
        completed.append(dict(await request.post()))
        return web.json_response({"ok": True, "files": json.loads(completed[0]["files"])})

    app = web.Application(client_max_size=10**8)
    app.add_routes([
        web.post("/api/files.getUploadURLExternal", where), web.post("/raw", raw),
        web.post("/api/files.completeUploadExternal", complete),
    ])  # fmt: skip
    publish(run_folder, ShipRoom(f"{serve(app)}/api/", "xoxb-rehearsal-token", "C0SHIPROOM"), plan)
    assert [file["id"] for file in json.loads(completed[0]["files"])] == ["page.html", "allure-report.html"]
    assert completed[0]["thread_ts"] == "1795479381.000100"


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_in_a_result_stops_everything_and_is_not_repeated(kind: str, run_folder: Path, plan: Plan) -> None:
    room, secret = Room(), SECRETS[kind]
    add_result(run_folder, secret)
    with pytest.raises(UnsafeToPublish) as refused:
        publish(run_folder, room, plan, secrets=(SECRETS["a credential"],))
    assert refused.value.kind == kind
    assert refused.value.file.startswith("index.html (")
    assert secret not in str(refused.value)
    assert room.uploads == []


@pytest.mark.parametrize(
    "written",
    [str, lambda key: quote(key, safe=""), lambda key: b64encode(key.encode()).decode()],
    ids=["plain", "percent", "base64"],
)
def test_a_known_secret_outside_of_the_results_stops_everything_however_it_is_written(
    written: Callable[[str], str], run_folder: Path, plan: Plan, stand_in: Callable[[str], None]
) -> None:
    """What Allure's program holds of the run is not among the results."""
    room, key = Room(), "pager/key+without a shape"
    stand_in(EMBEDDING.replace("<html>", f"<html>{written(key)}"))
    with pytest.raises(UnsafeToPublish, match=r"allure-report\.html holds a credential"):
        publish(run_folder, room, plan, secrets=(key,))
    assert room.uploads == []


def test_archives_are_searched_file_by_file(tmp_path: Path) -> None:
    packed = tmp_path / "report.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fine.txt", "nothing")
        archive.writestr("logs.gz", gzip.compress(b"it is kingfisher-2026"))
    refuse_known("report.zip", packed.read_bytes(), ("another-secret",))
    with pytest.raises(UnsafeToPublish, match=r"report\.zip \(logs\.gz\) \(decompressed\) holds a credential"):
        refuse_known("report.zip", packed.read_bytes(), ("kingfisher-2026",))


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("rehearsal.log", b"first\nask pupil.one@school.example\n", "an e-mail address"),
        ("observations.jsonl", b'{"errors":{"dob=2014-03-01":1.0}}', "a date of birth"),
        ("load/said.txt.gz", gzip.compress(b"pager%2Dkey%2Dwithout-a-shape"), "a credential"),
        ("core", b"\x00\x01pan 4242 4242 4242 4242\x00\xff", "a payment card number"),
        ("sk_live_abcdefgh12345678.txt", b"", "a Stripe key or webhook secret"),
        ("broken.zip", b"PK\x03\x04 and no more", "an archive that cannot be searched for secrets"),
        ("told.json", b'{"phone":"+44 20 7946 0018"}', "a telephone number"),
        ("told.json", b'{"card":4242424242424242}', "a payment card number"),
    ],
)
def test_whatever_file_of_a_run_holds_something_nothing_of_the_run_is_uploaded(
    name: str, raw: bytes, kind: str, run_folder: Path, plan: Plan
) -> None:
    (run_folder / name).parent.mkdir(exist_ok=True)
    (run_folder / name).write_bytes(raw)
    room = Room()
    with pytest.raises(UnsafeToPublish) as refused:
        publish(run_folder, room, plan, secrets=(SECRETS["a credential"],))
    assert (refused.value.file.partition(" (")[0], refused.value.kind) == (name, kind) and room.uploads == []


def test_what_was_masked_and_numbers_that_look_like_a_card_are_no_finding(run_folder: Path, plan: Plan) -> None:
    masked = {"ask": "[EMAIL 3f2a]", "dob": "[DOB 0000]", "password": "[TOKEN 12ab]", "at_ns": 4242424242424242}
    (run_folder / "told.json").write_text(json.dumps({**masked, "each": [4242424242424242, 1], "of": "[PAN 4242]"}))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(run_folder / "told.json", "told.json")
    (run_folder / "packed.tar").write_bytes(packed.getvalue())
    room = Room()
    publish(run_folder, room, plan, secrets=(SECRETS["a credential"],))
    assert len(room.uploads) == 1


def test_a_secret_on_the_page_stops_everything(run_folder: Path, plan: Plan) -> None:
    """One that went past the journal's own scrubbing, as one could that was forged."""
    first, *others = lines_of(run_folder)
    forge(run_folder, [first | {"scope": "ask pupil.one@school.example"}, *others])
    room = Room()
    with pytest.raises(UnsafeToPublish, match=r"page\.html holds an e-mail address, so nothing was uploaded"):
        publish(run_folder, room, plan)
    assert room.uploads == []


def test_a_report_that_cannot_be_searched_is_not_published(
    run_folder: Path, plan: Plan, stand_in: Callable[[str], None]
) -> None:
    for format, why in (
        ("<html>another format</html>", "no results that can be searched"),
        ('d(\\"data/test-results/1.json\\",\\"AA=A\\")', "data that cannot be searched"),
    ):
        stand_in(f'#!/bin/sh\nmkdir -p "$6" && echo "{format}" > "$6/index.html"\n')
        with pytest.raises(UnsafeToPublish, match=why):
            publish(run_folder, Room(), plan)


@pytest.mark.parametrize("script", [None, "#!/bin/sh\nexit 1\n"], ids=["not installed", "fails"])
def test_where_only_allures_report_cannot_be_made_the_page_goes_without_and_says_so(
    run_folder: Path, plan: Plan, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    if script:
        stand_in(script)
    else:
        monkeypatch.setenv(allure_html.GENERATOR_ENV, str(run_folder / "nowhere"))
    room, said = Room(), list[str]()
    uploaded = publish(run_folder, room, plan, say=said.append)
    assert [path.name for path in uploaded] == ["page.html", "allure-results.zip"]
    ((_, comment, thread),) = room.uploads
    assert "(without the Allure report: " in comment and thread == "1795479381.000100"
    assert len(said) == 1 and "llure" in said[0]


def test_what_cannot_be_made_is_said_and_nothing_is_uploaded(
    journal_of: Callable[..., Path], plan: Plan, tmp_path: Path
) -> None:
    for folder, why in ((tmp_path / "empty", "no run with a verdict"), (journal_of("healthy"), "no Allure results")):
        folder.mkdir(exist_ok=True)
        room = Room()
        with pytest.raises(ReportsNotMade, match=why) as refused:
            publish(folder, room, plan)
        assert isinstance(refused.value, NotPublished) and room.uploads == []
