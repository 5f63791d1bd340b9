"""`python -m ramp doctor`: every configured query and probe once, read-only, and what each returned."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from conduct.doctor.edge import who_answers
from conduct.doctor.payments import of_payments
from conduct.doctor.people import of_people
from conduct.doctor.proofs import of_proofs
from conduct.doctor.release import answers, logs
from conduct.run import Run
from fixtures import http
from fixtures.finding import Finding
from fixtures.sources.contract import source_of
from ramp.privacy.masking import scrub
from ramp.target import Target


def findings(run: Run, say: Callable[[str], None] = lambda step: None) -> list[Finding]:
    """Tries everything that the release file names, and gives it worst first; what else is broken often follows from
    what comes before it. `say` is told what is tried next. Nothing is changed anywhere."""
    found = [_masked(finding, run.site.secrets) for finding in _findings(run, run.site.target, say)]
    return sorted(found, key=lambda finding: finding.works)


def _masked(finding: Finding, secrets: tuple[str, ...]) -> Finding:
    said, paste = scrub(finding.said, secrets), scrub(finding.paste, secrets)
    return replace(finding, said=said, url=http.shown(finding.url), paste=paste)


def _findings(run: Run, target: Target, say: Callable[[str], None]) -> Iterator[Finding]:
    say("the edge")
    yield from who_answers(run, target)
    say("the metrics")
    fresh = timedelta(minutes=run.plan.reading.fresh_min)
    yield from source_of(target, run.release.prices, fresh).check(run.plan)
    say("logs and journeys")
    yield from logs(target)
    yield from answers(run, target)
    say("the processor and the caps")
    yield from of_payments(run, target)
    say("posture and restore")
    yield from of_proofs(run)
    say("#ship-room and the pager")
    yield from of_people(run, target)
