"""`python -m ramp observe --from T --to T`: a release that is over, from the server's history into a recording."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conduct.run import load_plan
from conduct.text_of import text_of
from fixtures.sources import recording
from fixtures.sources.prometheus_history import History, NoPlacebo
from ramp.decision import Action
from ramp.finished import begun, minutes, parse
from ramp.gates import GATES
from ramp.observation import Observation, Slice
from ramp.plan import Plan
from ramp.validation import Invalid

PROBLEMS_SHOWN = 10
# What it reads is there, but not the proof of whose it is, which the suite brings while a release lasts.
LIVE_ONLY = ("slices",)


def record(
    release_file: Path, plan_file: Path, t0: datetime, end: datetime, began: Sequence[tuple[str, datetime]], file: Path
) -> int:
    """Writes what was seen of both slices from the placebo hour before `t0` until `end` into `file`, and says how to
    judge it. HOLD's exit status where nothing was seen. Raises Invalid and NoEvidence, and leaves no file then."""
    plan = load_plan(plan_file)
    release = parse(text_of(release_file, "release"), str(release_file))
    stages = begun(plan, t0, dict(began))
    if end <= t0 or end > datetime.now(UTC):
        raise Invalid("--to", [f"{end:%Y-%m-%dT%H:%MZ} should lie after --from, {t0:%Y-%m-%dT%H:%MZ}, and be past"])
    if file.exists():
        raise Invalid("--file", [f"{file} is there already; name another with --file=FILE"])
    said = _Problems()
    history = History(release, timedelta(minutes=plan.reading.fresh_min), said.add)
    draft = file.with_name(file.name + ".draft")
    names: set[str] = set()
    try:
        draft.write_bytes(b"")
        hour = _placebo(history, plan, t0, draft, names)
        looks = [(at, stage.id, float(stage.traffic_pct or 0)) for at, stage in minutes(plan, stages, end)]
        _written(draft, history.stages(t0, looks, hour), names)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    said.show()
    seen = [name for name, kind in GATES.items() if names >= set(kind.reads) and name not in LIVE_ONLY]
    gates = [name for name in seen if plan.why_not(name) is None]
    if not gates:
        print(f"{file} holds nothing that a gate could judge: correct [real.prometheus] in {release_file}")
        return Action.HOLD.exit_code
    print(f"{file} holds {t0:%Y-%m-%d %H:%MZ} to {end:%H:%MZ} and the hour before")
    print(f"Judge it with: python -m ramp replay {file} --gates={','.join(gates)}")
    return 0


def _placebo(history: History, plan: Plan, t0: datetime, draft: Path, names: set[str]) -> Mapping[Slice, Observation]:
    """Writes the hour before T-0, and gives its last look; nothing where it cannot be had, which is said."""
    look, hour_min = timedelta(minutes=plan.reading.look_every_min), plan.evidence.placebo_min
    count = round(hour_min / plan.reading.look_every_min)
    ats = [t0 - look * number for number in range(count, -1, -1)]
    try:
        return _written(draft, history.placebo(ats), names)
    except NoPlacebo as missing:
        print(f"No placebo hour, so that nothing is compared with control by evidence: {missing.reason}")
        draft.write_bytes(b"")
        return {}


def _written(draft: Path, observations: Iterable[Observation], names: set[str]) -> dict[Slice, Observation]:
    """The last of each slice."""
    last: dict[Slice, Observation] = {}
    for observation in observations:
        recording.append(draft, observation)
        last[observation.slice] = observation
        if observation.slice == "canary":
            names |= observation.counters.keys() | observation.gauges.keys()
    return last


class _Problems:
    """What could not be read, each sentence once, with how often and when first."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._first: dict[str, datetime] = {}

    def add(self, at: datetime, sentence: str) -> None:
        self._times[sentence] += 1
        self._first.setdefault(sentence, at)

    def show(self) -> None:
        for sentence, times in self._times.most_common(PROBLEMS_SHOWN):
            print(f"{times} look{'' if times == 1 else 's'} from {self._first[sentence]:%H:%MZ}: {sentence}")
        if (more := len(self._times) - PROBLEMS_SHOWN) > 0:
            print(f"and {more} more sentences of what could not be read")
