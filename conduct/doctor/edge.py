"""Who answers at the edge: the canary where its routing key asks, control for the other, and by which clock."""

import time
from collections.abc import Iterator

from conduct.doctor.asked import applies
from conduct.run import Run
from fixtures import http
from fixtures.finding import Finding
from fixtures.sources.exposition import Unreadable
from fixtures.sources.freshness import server_time
from ramp.observation import NoEvidence, Slice
from ramp.target import Target

_NAMELESS = "the answer does not say whose it is"


def who_answers(run: Run, target: Target) -> Iterator[Finding]:
    """The canary must answer for itself when it is addressed by its routing key, and control must be another."""
    key, prewarm = run.release.canary, run.release.prewarm
    url = target.edge_url + (prewarm.paths[0] if prewarm else "/")
    values: dict[Slice, str] = {"canary": key.canary, "control": key.control}
    for slice, value in values.items():
        asked_s = time.time()
        try:
            answer = http.ask(url, headers={key.header: value}, access=target.access)
        except NoEvidence as missing:
            yield Finding(what="edge", works=False, said=f"{missing.reason}; check edge_url under [real]", url=url)
            return
        wrong = _wrong_answer(run, slice, answer, target)
        if wrong and wrong.startswith(_NAMELESS) and not applies(run.plan, "slices", "synthetics"):
            said = f"{http.shown(url)} answered {answer.status} and no version, which no check of the plan needs"
            yield Finding(what=f"edge, {key.header}: {value}", works=True, said=said, url=url, slice=slice)
            continue
        version = answer.headers.get(target.identity.version_header)
        said = wrong or f"answered {answer.status}, version {version}"
        what = f"edge, {key.header}: {value}"
        yield Finding(what=what, works=wrong is None, said=f"{http.shown(url)} {said}", url=url, slice=slice)
        yield from _clock(answer, asked_s, url, slice)


def _clock(answer: http.Answer, asked_s: float, url: str, slice: Slice) -> Iterator[Finding]:
    """That its clock and this machine's differ, where they do. The time of an answer that a cache kept is of when it
    was made."""
    if "Age" in answer.headers:
        return
    try:
        _, wrong = server_time(answer.headers, asked_s, time.time())
    except Unreadable as unreadable:
        wrong = str(unreadable)
    if wrong:
        yield Finding(what="clock", works=False, said=f"{http.shown(url)} {wrong}", url=url, slice=slice)


def _wrong_answer(run: Run, slice: Slice, answer: http.Answer, target: Target) -> str | None:
    """What is wrong with an answer of `slice`, and what to change."""
    release = run.release
    version, commit = map(answer.headers.get, target.identity.headers)
    if not 200 <= answer.status < 300:
        said = http.hint(answer.status, target.access) or f": check edge_url under [real], and whether {slice} is up"
        return f"answered {answer.status}{said}"
    if version is None or commit is None:
        version_header, commit_header = target.identity.headers
        return f"{_NAMELESS}: send {version_header} and {commit_header} with each, or name yours under [real.identity]"
    is_release = (version, commit) == (release.version, release.commit)
    if is_release == (slice == "canary"):
        return None
    return (
        f"version {version}, commit {commit[:12]} answered as {slice}, and {release.version}, commit "
        f"{release.commit[:12]} is the release: check [canary], or version and commit, in the release file"
    )
