"""What else the release names: logs, the OpenAPI document and the journeys that are checked against it."""

from collections.abc import Iterator
from pathlib import Path

from conduct.run import Run
from fixtures import http
from fixtures.finding import Finding
from fixtures.synthetics import openapi_document, tried
from ramp.observation import NoEvidence
from ramp.target import Target


def answers(run: Run, target: Target) -> Iterator[Finding]:
    """The document, and each journey that changes nothing, sent to the canary once."""
    try:
        openapi_document(target)
        said = f"{http.shown(target.openapi_url or '')} is valid"
        yield Finding(what="OpenAPI document", works=True, said=said, url=target.openapi_url or "")
        yield from _journeys(run, target)
    except NoEvidence as missing:
        said = f"{missing.reason}; check openapi_url under [real]"
        yield Finding(what="OpenAPI document", works=False, said=said, url=target.openapi_url or "")


def _journeys(run: Run, target: Target) -> Iterator[Finding]:
    """Raises NoEvidence without a usable document."""
    for journey, wrong in tried(target, run.release):
        url = target.edge_url + journey.path
        said = f"{http.shown(url)} {wrong or 'answers for the canary, as the document says'}"
        yield Finding(what=f"journey GET {journey.path}", works=wrong is None, said=said, url=url, slice="canary")
    for journey in run.release.journeys:
        if journey.method != "GET":
            said = "is not sent by the doctor, for it may change something; each look of a stage sends it"
            yield Finding(what=f"journey {journey.method} {journey.path}", works=True, said=said, slice="canary")


def logs(target: Target) -> Iterator[Finding]:
    """Each must be there, and one of the canary."""
    if not any(log.slice == "canary" for log in target.logs):
        said = "no log of the canary is named, so the privacy gate is blind: add one to logs under [real]"
        yield Finding(what="logs", works=False, said=said)
    for log in target.logs:
        why = None
        try:
            with Path(log.path).open("rb") as file:
                file.read(1)
        except OSError as error:
            why = f"{log.path} cannot be read ({error.strerror}): correct its path, or let this user read it"
        yield Finding(what=f"log of {log.slice}", works=why is None, said=why or f"{log.path} can be read")
