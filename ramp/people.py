"""Who is asked, called and told, and where they look."""

from ramp.forms import Text, Url
from ramp.validation import Row


class Person(Row):
    """A domain's DRI and named backup, by Slack user id."""

    domain: Text
    dri: Text
    backup: Text
    time_zone: Text


class Dashboard(Row):
    area: Text
    url: Url


class Roles(Row):
    """Slack user ids of the people that cards tag."""

    ceo: Text = "U0CEO"
    incident_commander: Text = "U0IC"
    sre_lead: Text = "U0SRELEAD"
    security_lead: Text = "U0SECLEAD"
