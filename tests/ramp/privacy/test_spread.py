"""Attributes of OpenTelemetry are judged by their keys: in a line of OTLP-JSON, and indented over many."""

import json

import pytest

from ramp.privacy.scanner import findings
from ramp.privacy.spread import Lines


def attribute(key, value):
    return {"key": key, "value": value}


def text(value):
    return {"stringValue": value}


ATTRIBUTES = [
    attribute("http.route", text("/api/tutor")),
    attribute("user.date_of_birth", text("2014-03-17")),
    attribute("service.version", text("2014-03-18")),
    attribute("student_id", {"intValue": "48021377"}),
    attribute("order_id", {"intValue": "48021378"}),
    attribute("user.full_name", {"arrayValue": {"values": [text("Maria Lopez"), text("Ben Carter")]}}),
    attribute("user", {"kvlistValue": {"values": [attribute("birth_date", text("2013-01-02"))]}}),
    attribute("service.name", text("Maria Lopez")),
]
OF_PEOPLE = [
    ("DOB", "2014-03-17"),
    ("STUDENT_ID", "48021377"),
    ("NAME", "Maria Lopez"),
    ("NAME", "Ben Carter"),
    ("DOB", "2013-01-02"),
    ("EMAIL", "john.doe@example.com"),
]
EVENT = {"name": "exception", "attributes": [attribute("exception.message", text("no user john.doe@example.com"))]}
SPAN = {"traceId": "5b8efff798038103d269b633813fc60c", "kind": 2, "attributes": ATTRIBUTES, "events": [EVENT]}
RESOURCE = {"attributes": [attribute("service.name", text("shop"))]}
TRACES = {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"scope": {"name": "-"}, "spans": [SPAN]}]}]}


@pytest.mark.parametrize("how", [{}, {"separators": (",", ":")}, {"indent": 2}, {"indent": 1}, {"indent": "\t"}])
def test_each_attribute_is_judged_by_its_key_and_nothing_else_is(how):
    """The place is that in the line."""
    lines, read = json.dumps(TRACES, **how).splitlines(), Lines()
    found = [(str(one.kind), line[one.start : one.end]) for line in lines for one in read.findings(line, 2026)]

    assert found == OF_PEOPLE


def test_a_value_far_from_its_key_is_another_thing():
    """What is no attribute ends it."""
    lines, read = ['"key": "dob",', '"at": "2026-01-01",', '"stringValue": "2014-03-17"'], Lines()
    assert [read.findings(line) for line in lines] == [[], [], []]


@pytest.mark.parametrize("line", ["", '"key"', '"key": "dob",', "x" * 40_000, '{"key": "dob", "value": "2014-03-17"}'])
def test_a_line_by_itself_is_judged_as_ever(line):
    assert Lines().findings(line) == findings(line)
