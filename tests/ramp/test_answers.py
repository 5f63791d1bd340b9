"""An answer without a status is a failure; where no answer has one, nobody can tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.answers import failures

FINE = {"http_response_status_code": "200"}


def status(code):
    return {"http_response_status_code": code}


@pytest.mark.parametrize(
    ("labels", "failed"),
    [
        (status("500"), True),
        (status("503"), True),
        (status("5xx"), True),
        (status("404"), False),
        (status("2xx"), False),
        (status("0"), True),
        (status("000"), True),
        (status("-1"), True),
        (status("600"), True),
        (status(""), True),
        (status("unknown"), True),
        ({}, True),
        ({"error_type": "timeout"}, True),
        ({"error.type": "timeout"}, True),
        (FINE | {"error_type": "java.io.IOException"}, True),
        (status("404") | {"error_type": "404"}, False),
        (status("503") | {"error_type": "503"}, True),
        (status("200 OK"), False),
        (status("502 Bad Gateway"), True),
        (status("5XX"), True),
        (FINE | {"error_type": ""}, False),
        (FINE | {"error_type": "none"}, False),
        (FINE | {"rpc_grpc_status_code": "14"}, True),
        (FINE | {"rpc_grpc_status_code": "0"}, False),
        (FINE | {"grpc_code": "DeadlineExceeded"}, True),
        (FINE | {"rpc_response_status_code": "DEADLINE_EXCEEDED"}, True),
        (FINE | {"grpc_code": "NotFound"}, False),
        ({"grpc_code": "OK"}, False),
        ({"http.response.status_code": "502"}, True),
    ],
    ids=str,
)
def test_beside_an_answer_with_a_status_each_is_fine_or_failed(labels, failed):
    assert failures([FINE, labels]) == [False, failed]


def test_where_no_answer_has_a_status_it_has_another_name_and_nobody_can_tell():
    assert failures([{"code": "200"}, {"code": "500"}]) is None
    assert failures([{}, {"error_type": "timeout"}]) is None


def test_where_every_answer_failed_in_words_all_failed():
    assert failures([{"error_type": "timeout"}, {"error_type": "reset"}, status("0")]) == [True, True, True]
    assert failures([]) == []


LABELS = st.dictionaries(
    st.sampled_from(["http_response_status_code", "error_type", "grpc_code", "http_route"]),
    st.sampled_from(["", "0", "200", "404", "500", "5xx", "OK", "Internal", "timeout", "none"]),
)


@given(st.lists(LABELS))
def test_a_label_less_is_never_better(answers):
    """Taking a status away makes no failure fine."""
    before = failures([FINE, *answers])
    without = [{name: of for name, of in labels.items() if name != "http_response_status_code"} for labels in answers]
    after = failures([FINE, *without])
    for labels, was, now in zip(answers, before[1:], after[1:], strict=True):
        assert now or not was or "grpc_code" in labels
