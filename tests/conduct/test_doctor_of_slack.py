"""Doctor on #ship-room: each missing scope, the channel and the people, one line for one mistake."""

import pytest
from small_system import SLACK, system

from fixtures.rehearsal.slack_directory import SCOPES, Directory
from fixtures.rehearsal.slack_server import slack_app
from fixtures.slack_scopes import NEEDED

__all__ = ["system"]


@pytest.fixture
def slack_of(system, serve, tmp_path):
    """`slack_of(left=...)`: the system, with a workspace like that."""

    def of(**directory):
        app = slack_app(token=SLACK, folder=tmp_path / "room", directory=Directory(**directory))
        system.real["slack_url"] = serve(app) + "/api/"
        return system

    return of


def test_a_workspace_that_is_set_up_is_two_lines_that_say_so(slack_of):
    said = {found.what: found for found in slack_of().findings() if found.what in ("#ship-room", "people")}
    assert all(found.works for found in said.values())
    assert said["people"].said == "Slack knows each of 4 user ids, and all are active"


@pytest.mark.parametrize("scope", [scope for scope in NEEDED if not scope.startswith("groups:")])
def test_each_scope_that_the_bot_lacks_is_named(slack_of, scope):
    line = slack_of(lacks=frozenset({scope})).failure()
    assert line.startswith("#ship-room: the token is shiproom of rehearsal") and f"it lacks {scope} (" in line
    assert "docs/ship-room.md" in line and line.count("(") < 4


def test_all_scopes_that_the_bot_lacks_are_one_line(slack_of):
    line = slack_of(lacks=frozenset({*SCOPES.values(), "groups:read", "groups:history"})).failure()
    assert all(scope in line for scope in NEEDED)


@pytest.mark.parametrize(("channel", "lacks"), [("there", "groups:history"), ("private", "channels:history")])
def test_scopes_of_the_other_kind_of_channel_are_not_asked_for(slack_of, channel, lacks):
    assert [found.said for found in slack_of(channel=channel, lacks=frozenset({lacks})).findings()
            if found.what == "#ship-room" and not found.works] == []  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("archived", "C0SHIPROOM (#ship-room) is archived: unarchive it, or name another `channel`"),
        ("unknown", "'channel_not_found'; `channel` in the release file must be the channel's id"),
        ("without the bot", "the bot is not in C0SHIPROOM (#ship-room): invite it there"),
    ],
)
def test_a_channel_that_nobody_can_post_to_is_one_line_that_says_why(slack_of, channel, said):
    assert said in slack_of(channel=channel).failure()


def test_people_who_left_or_are_unknown_are_named_with_where_they_stand(slack_of):
    system = slack_of(left=frozenset({"U0CEO", "U0PAY"}), unknown=frozenset({"U0LATER"}))
    system.release |= {
        "roster": [{"domain": "payments", "dri": "U0PAY", "backup": "U0PAYB"}],
        "escalation": ["U0SRELEAD", "U0LATER"],
    }
    line = system.failure()
    assert line.startswith("people: ")
    assert "U0CEO (roles.ceo) is deactivated in Slack" in line
    assert "U0PAY (roster, payments) is deactivated in Slack" in line
    assert "U0LATER (escalation) is nobody in Slack" in line
    assert "U0SRELEAD" not in line and "U0PAYB" not in line
