"""G1, G3: recommends mitigations at a look, has their commands run beside the looks, and tells what came of them."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from conduct.journal import Journal
from conduct.run import Run
from fixtures.mitigation_commands import about_routes, about_the_cache
from ramp.finding import explain
from ramp.judge import Looked
from ramp.mitigation import Due, due, moved_over, value_of
from ramp.units import Unit, show
from reports.journal import read

CACHE = "expand the pre-warm set, tune TTL, cap origin concurrency"
ROUTES = "fall back to the cheaper route of {}"
NO_ROUTE = "look at the routing and token profile of the AI routes: none is seen to cost more, so none is switched"
ORDERED, DONE, EFFECT = "mitigation_ordered", "mitigated", "mitigation_effect"
UNITS = {"cache": Unit.RATIO, "markup": Unit.TIMES, "cost": Unit.USD}


class Mitigating:
    """Of the `run` whose journal this process writes. `acts` says whether commands may run; what was ordered before
    this process is not ordered again, and its effect is told all the same."""

    def __init__(self, run: Run, journal: Journal, *, acts: bool) -> None:
        self._run, self._journal, self._acts = run, journal, acts
        records = read(run.folder)
        self._begun = {(each["of"], each["moment"]) for each in records if each["kind"] == ORDERED}
        told = {(each["of"], each["moment"]) for each in records if each["kind"] == EFFECT}
        self._open = [each for each in records if each["kind"] == ORDERED and (each["of"], each["moment"]) not in told]
        self._aside = ThreadPoolExecutor(1)
        self._under_way: list[tuple[Due, str, Future[list[str]]]] = []

    def look(self, looked: Looked | None) -> Iterator[str]:
        """What is to be told. It waits for no command: nobody's trigger does. Raises OSError where nothing can be
        written."""
        if looked is None:
            return
        for each in [each for each in self._under_way if each[2].done()]:
            self._under_way.remove(each)
            yield self._done(*each)
        stage = looked.view.moment.id
        for one in due(self._run.plan, looked, self._begun):
            self._begun.add((one.of, stage))
            fields = {"moment": stage, "of": one.of, "check": one.check, "why": one.why, "before": one.before}
            self._open.append(self._journal.append(ORDERED, looked.view.as_of, acts=self._acts, **fields))
            yield f"Recommended: {_advice(one)}{self._begin(one, stage)}. Seen at {stage}: {one.why}"
        for record in [each for each in self._open if _is_over(self._run, each, looked)]:
            self._open.remove(record)
            yield self._effect(record, looked)

    def _begin(self, one: Due, stage: str) -> str:
        row, secrets = self._run.site.organisation.mitigations, self._run.site.secrets
        if one.of == "routes" and not one.routes:
            return ""
        if row is None:
            return "; no command is configured ([mitigations], docs/mitigations.md)"
        if not self._acts:
            return "; the configured commands run with --act"
        prewarm = self._run.release.prewarm
        warm = prewarm.paths if prewarm else ()
        run = partial(about_the_cache, row, warm, secrets)
        if one.of == "routes":
            run = partial(about_routes, row, one.routes, secrets)
        self._under_way.append((one, stage, self._aside.submit(lambda: list(run()))))
        return "; what [mitigations] configures for it is run now"

    def _done(self, one: Due, stage: str, ran: "Future[list[str]]") -> str:
        said = "; ".join(ran.result()) or "no command is configured for it"
        self._journal.append(DONE, self._run.site.clock.now(), moment=stage, of=one.of, said=said)
        return f"{one.of} at {stage}: {said}"

    def _effect(self, record: dict[str, object], looked: Looked) -> str:
        check, before = str(record["check"]), record["before"]
        after, said = value_of(looked, check)
        was = show(before, UNITS[check]) if isinstance(before, float) else "not seen"
        fields = {"moment": record["moment"], "of": record["of"], "before": before, "after": after}
        self._journal.append(EFFECT, looked.view.as_of, **fields)
        after_min = self._run.plan.mitigation.effect_after_min
        told = f"{check}, {after_min:g} minutes after that was recommended at {record['moment']}: {said}, before {was}"
        return "; ".join(
            (told, *(_routes_now(check, looked) if record["of"] == "routes" else ()), *_still(check, looked))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)


def _advice(one: Due) -> str:
    if one.of == "cache":
        return CACHE
    return ROUTES.format(", ".join(one.routes)) if one.routes else NO_ROUTE


def _routes_now(check: str, looked: Looked) -> Iterator[str]:
    """Markup, if it is not told anyway, and routing and token profile in the window of the look."""
    if check != "markup":
        yield f"markup {value_of(looked, 'markup')[1]}"
    yield from moved_over(looked.view, looked.view.now).said or ("no AI route costs otherwise than control's",)


def _still(check: str, looked: Looked) -> Iterator[str]:
    """That the gate is RED all the same, as by the minutes before, which evidence does not forget."""
    if check in looked.red:
        why = explain(looked.findings[check]).why
        yield f"it is still RED: {why}. Once it holds and is mended, `python -m ramp anew` has evidence begin anew"


def _is_over(run: Run, record: dict[str, object], looked: Looked) -> bool:
    began = datetime.fromisoformat(str(record["at_utc"]))
    return looked.view.as_of - began >= timedelta(minutes=run.plan.mitigation.effect_after_min)
