"""What is found in a line, and what is left alone: by kind and place, never by value."""

import json

import pytest

from ramp.privacy.kinds import Weight
from ramp.privacy.scanner import findings


def seen(line, year=None):
    """`[(kind, text)]` of what is found."""
    return [(str(found.kind), line[found.start : found.end]) for found in findings(line, year)]


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ('{"message": "answered maria.lopez@example.org"}', [("EMAIL", "maria.lopez@example.org")]),
        ("bounced: <jörg.o'brien+x@mail.müller.de>.", [("EMAIL", "jörg.o'brien+x@mail.müller.de")]),
        ("ssn 123-45-6789 given", [("SSN", "123-45-6789")]),
        ("call (415) 555-0132 now", [("PHONE", "(415) 555-0132")]),
        ("sms queued to +49 30 1234567.", [("PHONE", "+49 30 1234567")]),
        ("card 4242-4242-4242-4242.", [("PAN", "4242-4242-4242-4242")]),
        ("card 4242 4242 4242 4242 12/27 cvc 123", [("PAN", "4242 4242 4242 4242")]),
        ("retry card_4242424242424242", [("PAN", "4242424242424242")]),
        (
            "2 cards: 17 4242424242424242 3782 822463 10005",
            [("PAN", "4242424242424242"), ("PAN", "3782 822463 10005")],
        ),
        ("client: 203.0.113.9, server: shop", [("IP", "203.0.113.9")]),
        ("reset by [2001:db8::8a2e:370:7334]:443", [("IP", "2001:db8::8a2e:370:7334")]),
        ("Student Maria López joined", [("NAME", "Maria López")]),
        ("visit 12 Main Street, Springfield, IL 62704 at noon", [("ADDRESS", "12 Main Street, Springfield, IL 62704")]),
        ("born on 2014-03-01", [("DOB", "2014-03-01")]),
        ("Student ID: S1234567 not found", [("STUDENT_ID", "S1234567")]),
    ],
)
def test_what_has_a_shape_or_a_label_is_found_in_running_text(line, due):
    assert seen(line) == due


NOTATIONS = (
    '{{"level":"info","{0}":"{1}"}}',
    '{{"user": {{"plan": "basic", "{0}": "{1}"}}}}',
    'level=info {0}="{1}" status=200',
    'Parameters: {{"student"=>{{"{0}"=>"{1}"}}}}',
    "saved Person(id=7, {0}='{1}', grade=7)",
    "E   AssertionError: assert {{'{0}': '{1}'}} == {{}}",
    '{{"attributes":[{{"key":"{0}","value":{{"stringValue":"{1}"}}}}]}}',
    '{{"msg":"{{\\"{0}\\":\\"{1}\\"}}"}}',
    "<enrol><v>2</v><{0}>{1}</{0}></enrol>",
    '[["{0}", "{1}"], ["LIMIT", 1]]',
    "{0}: {1}",
)
KEYED = (
    ("DOB", "dateOfBirth", "2014-03-01"),
    ("DOB", "child_dob", "1 March 2014"),
    ("DOB", "student.birth-date", "03/01/2014"),
    ("PHONE", "guardianPhone", "+44 20 7946 0018"),
    ("PHONE", "contact_number", "030 1234567"),
    ("SSN", "parent_ssn", "123456789"),
    ("STUDENT_ID", "studentId", "20231234"),
    ("STUDENT_ID", "matriculation_no", "STU-00123"),
    ("DEVICE_ID", "device_id", "123E4567-E89B-12D3-A456-426614174000"),
    ("DEVICE_ID", "mac_address", "aa:bb:cc:dd:ee:0f"),
    ("NAME", "first_name", "Zoë"),
    ("NAME", "parentFullName", "Nguyễn Văn An"),
    ("NAME", "Nachname", "Müller-Lüdenscheidt"),
    ("ADDRESS", "home_address", "Hauptstraße 12, 10115 Berlin"),
    ("ADDRESS", "streetAddress", "12 Main St"),
    ("PAN", "cardNumber", "3782 822463 10005"),
    ("TOKEN", "api-key", "q7Zt0pLw"),
    ("TOKEN", "password", "hunter22"),
)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(("kind", "key", "value"), KEYED)
def test_a_value_is_found_by_its_key_in_every_notation(notation, kind, key, value):
    line = notation.format(key, value)

    assert (kind, value) in seen(line), line


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_51HxAbCdEfGhIjKl",
        "whsec_0123456789abcdef",
        "xoxb-123456789012-abcdefgh",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXabcdXXXXabcdXXXXabcd",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "glpat-0123456789abcdefghij",
        "AKIAIOSFODNN7EXAMPLE",
        "AIza0123456789abcdefghijABCDEFGHIJ01234",
        "sk-proj-0123456789abcdefghijABCDEFGHIJ",
        "sk-ant-api03-0123456789abcdefghijABCDEFGHIJ-AA",
        "npm_0123456789abcdefghijABCDEFGHIJ012345",
        "SG.0123456789abcdefghijAB.0123456789abcdefghijABCDEFGHIJ0123456789abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4fwpM",
        "-----BEGIN RSA PRIVATE KEY-----\\nMIIEabc\\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_secret_of_an_issuers_form_is_found_without_a_key(secret):
    assert seen(f"401 with {secret} today") == [("TOKEN", secret)]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
        ("Authorization: Basic c3ZjOmh1bnRlcjIy", "c3ZjOmh1bnRlcjIy"),
        ("Cookie: theme=dark; session=abcdef0123456789; lang=en", "abcdef0123456789"),
        ("redis://:hunter22@cache:6379", "hunter22"),
        ("host=db password=hunter22 dbname=shop", "hunter22"),
        ("Server=tcp:db;User Id=sa;Password=hunter22;Encrypt=True", "hunter22"),
        ("mysql --user root --password hunter22 shop", "hunter22"),
        ("the password is hunter22", "hunter22"),
    ],
)
def test_a_secret_is_found_by_what_stands_before_it(line, value):
    assert seen(line) == [("TOKEN", value)]


@pytest.mark.parametrize(
    "line",
    [
        "at 1795481787.4242424242424242 and v1-4242424242424242",
        "sizes 4242 1200 4000 5000 6000 7000 8000",
        "commit 3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a took 35.1 ms at 2026-11-24T08:00:00.123456+00:00",
        "order 4242424242424241 of 123456789",
        "order 4242424242424242 shipped, invoice_id=5555555555554444",
        "dd.trace_id=4611686018427387904 dd.span_id=4242424242424242",
        "id 123e4567-e89b-12d3-a456-426614174000",
        '{"service.name":"Tutor Api","name":"Render Course Page","span.name":"Send Welcome Email"}',
        '{"user":{"email":"m***@example.com","name":"[redacted]"},"card":{"last4":"4242"},"ssn":"***-**-6789"}',
        "upgraded driver from 8.1.2.3 to version 9.1.2.3; Chrome/120.0.0.0",
        "listening address=0.0.0.0:8080 peer=10.0.3.4 server.address=db-1.svc.cluster.local",
        "resolved react@18.2.0 lodash@4.17.21 from git@github.com:example/shop.git photo@2x.png",
        "phone_verified=true dob_present=true token_count=530 max_tokens=4096 address_id=123456",
        "password must be at least 12 characters; token expires in 5 min; password: required",
        "part 482-11-9034 and sku=482-11-9034 back-ordered",
        'INSERT INTO "users" ("first_name", "email", "password") VALUES ($1, $2, $3)',
        'course_name="Algebra 2" file_name=report.csv display_name="Period 3 Biology"',
        "com.example.student.StudentService.find(StudentService.java:42)",
        "message-id: <20261124.abc@mail.example.com> from noreply@example.com",
        "Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com) and CCBot/2.0 (crawler@example.org)",
        "parent_name=root client_name=okhttp account_name=production Birth: 2026-11-24 08:00:01.123 +0000",
        "GET /orders/4242424242424242/items, receipt number 378282246310005",
        "12:34:56:789 eta 00:12:34 price $1,234.56",
        "user Profile Page cached by Edge Proxy; student Service Unavailable",
    ],
)
def test_what_only_looks_like_it_is_left_alone(line):
    assert seen(line) == []


def test_what_fires_is_certain_and_what_is_guessed_only_warns():
    """EMAIL, PAN and SSN by their shape, DOB, NAME, ADDRESS and STUDENT_ID by their key; a secret is neither."""

    def weight(line):
        return {found.weight for found in findings(line)}

    for line in ("a@example.org", "123-45-6789", "4242424242424242", "dob=2014-03-01", 'student_name="Ada Byron"'):
        assert weight(line) == {Weight.PERSONAL}, line
    for line in (
        "+44 20 7946 0018",
        "203.0.113.9",
        "Student Ada Byron left",
        "at 12 Main Street",
        "idfa=" + "A1b2" * 5,
    ):
        assert weight(line) == {Weight.SUSPECTED}, line
    assert weight("sk_live_51HxAbCdEfGhIjKl") == {Weight.SECRET}


@pytest.mark.parametrize(("born", "child"), [("2014-03-01", True), ("03/01/2013", True), ("1 March 2012", False)])
def test_the_birth_of_a_child_under_13_is_said(born, child):
    """COPPA. By year alone: who turns 13 this year counts as a child."""
    (found,) = findings(f"dob={json.dumps(born)}", year=2026)

    assert found.child is child and ("under 13" in found.why) is child
