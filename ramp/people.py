"""Whom cards tag and the pager calls, and where they look."""

from ramp.forms import Text, Url
from ramp.validation import Row


class Dashboard(Row):
    area: Text
    url: Url


class Roles(Row):
    """Slack user ids of the people that cards tag."""

    ceo: Text = "U0CEO"
    incident_commander: Text = "U0IC"
    sre_lead: Text = "U0SRELEAD"
    security_lead: Text = "U0SECLEAD"
