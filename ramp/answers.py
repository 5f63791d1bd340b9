"""Whether an answer is a failure of the release, by the labels that it is counted with."""

import re
from collections.abc import Mapping, Sequence

STATUS = "http_response_status_code"
# Each as it is mostly written, and as a page may quote it that has dots in its names.
_STATUS = (STATUS, "http.response.status_code")
_ERROR_TYPE = ("error_type", "error.type")
GRPC = "rpc_grpc_status_code"
_GRPC = (GRPC, "rpc.grpc.status_code", "rpc_response_status_code", "grpc_code", "grpc_status")
TELLING = (*_STATUS, *_ERROR_TYPE, *_GRPC)
# gRPC's codes for what the server failed at, which OpenTelemetry's conventions tell from what its caller did wrong.
_GRPC_FAILED = {
    *("2", "4", "12", "13", "14", "15"),
    *("unknown", "deadlineexceeded", "unimplemented", "internal", "unavailable", "dataloss"),
}

_ANSWERED = re.compile(r"[1-4](\d\d|xx)(\D.*)?", re.IGNORECASE)
_FAILED = re.compile(r"5(\d\d|xx)(\D.*)?", re.IGNORECASE)


def failures(answers: Sequence[Mapping[str, str]]) -> list[bool] | None:
    """Whether those answers failed that are counted with these labels; None where the labels do not tell. One without
    a status failed, for nobody got it, unless no answer at all has one: then the status has another name."""
    failed = [_failed(labels) for labels in answers]
    if None in failed and not any(_is_status(labels) for labels in answers):
        return None
    return [has is not False for has in failed]


def _failed(labels: Mapping[str, str]) -> bool | None:
    """None without a status, or with one that is none."""
    status, grpc = _first(labels, _STATUS), re.sub(r"[^a-z0-9]", "", _first(labels, _GRPC).lower())
    error_type = _first(labels, _ERROR_TYPE).lower()
    if (error_type not in ("", "none") and not _ANSWERED.fullmatch(error_type)) or grpc in _GRPC_FAILED:
        return True
    if _ANSWERED.fullmatch(status) or (grpc and not status):
        return False
    return True if _FAILED.fullmatch(status) or re.fullmatch(r"-?\d+", status) else None


def _is_status(labels: Mapping[str, str]) -> bool:
    status = _first(labels, _STATUS)
    return bool(_ANSWERED.fullmatch(status) or _FAILED.fullmatch(status))


def _first(labels: Mapping[str, str], names: Sequence[str]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")
