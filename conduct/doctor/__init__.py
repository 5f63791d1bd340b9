"""`python -m ramp doctor`: every configured query and probe once, read-only, and what each returned."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conduct.doctor.asked import applies
from conduct.doctor.edge import who_answers
from conduct.doctor.payments import of_payments
from conduct.doctor.people import of_people
from conduct.doctor.proofs import of_proofs
from conduct.doctor.release import answers, logs
from conduct.run import Run
from fixtures import http
from fixtures.finding import Finding
from fixtures.issuer import issuer_of
from fixtures.sources.contract import source_of
from ramp.privacy.masking import scrub
from ramp.target import Target


def findings(run: Run, say: Callable[[str], None] = lambda step: None, apart_s: float = 0.0) -> list[Finding]:
    """Tries everything that the release file names, and gives it worst first; what else is broken often follows from
    what comes before it. `say` is told what is tried next. The metrics are read twice, at least `apart_s` apart, so
    that traffic can be seen. Nothing is changed anywhere."""
    found = [_masked(finding, run.site.secrets) for finding in _findings(run, run.site.target, say, apart_s)]
    return sorted(found, key=lambda finding: finding.works)


def _authority(said: str) -> str:
    """Behind a certificate that is not trusted, who signed it."""
    untrusted = re.search(r"(https://\S+)( of \w+)? cannot be trusted over TLS: .*ca_file", said)
    name = issuer_of(untrusted[1]) if untrusted else ""
    return f"; it is signed by '{name}'" if name else ""


def _masked(finding: Finding, secrets: tuple[str, ...]) -> Finding:
    said, paste = scrub(finding.said + _authority(finding.said), secrets), scrub(finding.paste, secrets)
    return replace(finding, said=said, url=http.shown(finding.url), paste=paste)


def _findings(run: Run, target: Target, say: Callable[[str], None], apart_s: float) -> Iterator[Finding]:
    source = source_of(target, run.release.prices, timedelta(minutes=run.plan.reading.fresh_min))
    say("the metrics")
    began_s = time.monotonic()
    _, problems = source.read(datetime.now(UTC))  # what grows until they are read again is whom traffic reaches now
    say("the edge")
    yield from who_answers(run, target)
    if applies(run.plan, "privacy", "redaction", "scanner"):
        yield from logs(target)
    if applies(run.plan, "synthetics"):
        say("journeys")
        yield from answers(run, target)
    say("the processor and the caps")
    yield from of_payments(run, target)
    say("posture and restore")
    yield from of_proofs(run)
    say("#ship-room and the pager")
    yield from of_people(run, target)
    wait_s = 0.0 if problems else max(apart_s - (time.monotonic() - began_s), 0.0)
    say(f"the metrics again, in {wait_s:.0f} s")
    time.sleep(wait_s)
    yield from source.check(run.plan)
