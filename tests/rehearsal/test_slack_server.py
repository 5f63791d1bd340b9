import json

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from fixtures.rehearsal.slack_server import slack_app

TOKEN = "xoxb-rehearsal-token"
ROOM = "C0SHIPROOM"


@pytest.fixture
def client(serve, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = serve(slack_app(token=TOKEN, folder=tmp_path / "ship-room"))
    return WebClient(token=TOKEN, base_url=f"{url}/api/", timeout=5)


def written(tmp_path):
    return [json.loads(line) for line in (tmp_path / "ship-room" / "messages.jsonl").read_text("utf-8").splitlines()]


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_a_new_stub_on_the_same_folder_knows_the_threads(client, serve, tmp_path):
    """A workspace outlives a rehearsal: what was posted can still be answered to, and nothing gets its number."""
    first = client.chat_postMessage(channel=ROOM, text="HOLD")["ts"]
    again = serve(slack_app(token=TOKEN, folder=tmp_path / "ship-room"))
    later = WebClient(token=TOKEN, base_url=f"{again}/api/", timeout=5)

    answer = later.chat_postMessage(channel=ROOM, text="the page", thread_ts=first)["ts"]

    assert answer != first
    assert [said["text"] for said in later.conversations_replies(channel=ROOM, ts=first)["messages"]] == [
        "HOLD",
        "the page",
    ]


def test_the_official_sdk_can_do_all_that_the_ship_room_needs(client, tmp_path):
    """Post, answer in the thread, correct, pin, react and read back: every step as the SDK sends it."""
    assert client.auth_test()["user"] == "shiproom"
    first = client.chat_postMessage(channel=ROOM, text="HOLD", blocks=[section("why")])["ts"]
    second = client.chat_postMessage(channel=ROOM, text="CONTINUE")["ts"]
    client.chat_postMessage(channel=ROOM, text="ACK", thread_ts=first)
    client.chat_update(channel=ROOM, ts=second, text="ROLLBACK")
    client.pins_add(channel=ROOM, timestamp=first)
    client.reactions_add(channel=ROOM, timestamp=first, name="eyes")

    newest_first = client.conversations_history(channel=ROOM)["messages"]
    assert [message["text"] for message in newest_first] == ["ROLLBACK", "HOLD"]
    assert [message["ts"] for message in newest_first] == [second, first] and second > first
    thread = client.conversations_replies(channel=ROOM, ts=first)["messages"]
    assert [message["text"] for message in thread] == ["HOLD", "ACK"]
    assert [item["message"]["ts"] for item in client.pins_list(channel=ROOM)["items"]] == [first]
    assert [line["method"] for line in written(tmp_path)] == [
        *["chat.postMessage"] * 3,
        "chat.update",
        "pins.add",
        "reactions.add",
    ]


def test_two_files_arrive_whole_under_one_comment_and_a_name_used_twice_keeps_both(client, tmp_path):
    page = bytes(range(256)) * 9000  # more than aiohttp's default body limit, and not a form
    for _ in range(2):
        client.files_upload_v2(
            channel=ROOM,
            initial_comment="stage_50",
            file_uploads=[{"content": page, "filename": "page.html"}, {"content": b"{}", "filename": "journal.jsonl"}],
        )
    files = sorted((tmp_path / "ship-room" / "files").glob("page*.html"))
    assert len(files) == 2 and all(file.read_bytes() == page for file in files)
    names = [[file["name"] for file in message["files"]] for message in written(tmp_path)]
    assert names == [["page.html", "journal.jsonl"]] * 2


def test_a_file_cannot_leave_the_folder(client, tmp_path):
    client.files_upload_v2(channel=ROOM, filename="../../escaped.txt", content="x")
    assert (tmp_path / "ship-room" / "files" / "escaped.txt").exists()
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.files_upload_v2(channel=ROOM, filename="..", content="x")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}]}, "invalid_blocks"),
        ({"blocks": [{"type": "video"}]}, "invalid_blocks"),
        ({"blocks": [section("x" * 2999)] * 5}, "msg_blocks_too_long"),
    ],
)
def test_a_message_beyond_slacks_limits_is_refused_whole(client, tmp_path, said, code):
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postMessage", json={"channel": ROOM} | said)
    assert caught.value.response["error"] == code
    assert not (tmp_path / "ship-room" / "messages.jsonl").exists()


def test_a_message_at_slacks_limits_is_taken_and_blocks_need_no_text(client):
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}
    blocks = [header, section("x" * 3000), *[{"type": "divider"}] * 48]
    assert client.api_call("chat.postMessage", json={"channel": ROOM, "blocks": blocks})["ok"]


def test_another_token_a_channel_name_and_a_message_that_is_not_there_are_refused(client):
    stranger = WebClient(token="xoxb-other", base_url=client.base_url)
    for code, call in {
        "invalid_auth": stranger.auth_test,
        "not_authed": lambda: WebClient(base_url=client.base_url).auth_test(),
        "channel_not_found": lambda: client.chat_postMessage(channel="#ship-room", text="x"),
        "message_not_found": lambda: client.chat_update(channel=ROOM, ts="1.000001", text="x"),
        "thread_not_found": lambda: client.conversations_replies(channel=ROOM, ts="1.000001"),
        "file_not_found": lambda: client.files_completeUploadExternal(
            files=[{"id": "F0", "title": "x"}], channel_id=ROOM
        ),
        "unknown_method": lambda: client.api_call("chat.shout"),
    }.items():
        with pytest.raises(SlackApiError) as caught:
            call()
        assert caught.value.response["error"] == code


def test_down_answers_503_to_everything(serve, tmp_path):
    url = serve(slack_app(token=TOKEN, folder=tmp_path, down=True))
    with requests.Session() as session:
        session.trust_env = False
        statuses = {session.post(url + path, timeout=5).status_code for path in ("/api/auth.test", "/upload/F1", "/x")}
    assert statuses == {503}
