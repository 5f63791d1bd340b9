"""Whom cards tag and the pager calls."""

from ramp.forms import Text
from ramp.validation import Row


class Roles(Row):
    """Slack user ids of the people that cards tag."""

    ceo: Text = "U0CEO"
    incident_commander: Text = "U0IC"
    sre_lead: Text = "U0SRELEAD"
    security_lead: Text = "U0SECLEAD"
