"""The drill of gates: every scenario, rehearsed one after the other in one folder, where what has its result stays."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from conduct.detecting import detected, digest_of, nothing, speed_of
from conduct.judging import JudgingFailed
from conduct.run import Run
from conduct.site import SiteFailed
from conduct.stage_driver import Progress
from fixtures.rehearsal.faults import Scenario, scenario, scenarios
from ramp.detection import Detection, Expected, left_s
from ramp.plan import Plan
from ramp.validation import Invalid
from reports import detection

FILE = "drill.json"
Opening = Callable[[Path, str, float], Run]


class GateDrill:
    """The scenarios `only`, or all of them, under `plan` in `folder`. `opening` gives the run in a folder, of a
    scenario, at a speed; `speed` is that of all where somebody asks for it. Raises Invalid."""

    def __init__(self, folder: Path, plan: Plan, only: Sequence[str], opening: Opening, speed: float | None) -> None:
        must_be_a_drills(folder)
        self.folder, self._plan, self._opening = folder, plan, opening
        self._scenarios: dict[str, Scenario] = {name: scenario(name) for name in only} or scenarios()
        self._speeds = {name: speed or speed_of(of) for name, of in self._scenarios.items()}
        self._known = {row.name: row for row in read(folder)}

    @property
    def rows(self) -> list[Detection]:
        """The results of what was chosen, as far as they go, in the list's order."""
        return [self._known[name] for name in self._scenarios if name in self._known]

    @property
    def count(self) -> int:
        return len(self._scenarios)

    def drill(self, pytest: Sequence[str], say: Callable[[str], None], progress: Progress) -> bool:
        """Whether each led to what it must; `pytest` are further arguments for the checks."""
        due = [name for name in self._scenarios if not self._is_done(name)]
        done: list[tuple[float, Expected]] = []
        of, here = self.count, self.count - len(due)
        say(f"{of} scenarios, {here} of them done before; {self._to_go(done, due)} in all")
        for name in due:
            began_s = time.monotonic()
            self._known[name] = row = self._rehearsed(name, pytest, progress)
            self._write()
            done.append((time.monotonic() - began_s, self._expected(name)))
            say(f"{here + len(done)} of {of}: {detection.in_brief(row)}; {self._to_go(done, due[len(done) :])} to go")
        return all(row.held for row in self.rows)

    def _is_done(self, name: str) -> bool:
        """What was rehearsed under another plan, other rules or at another speed is rehearsed anew."""
        known = self._known.get(name)
        digest = digest_of(self._plan, self._scenarios[name], self._speeds[name])
        return known is not None and known.problem is None and known.digest == digest

    def _rehearsed(self, name: str, pytest: Sequence[str], progress: Progress) -> Detection:
        """In a folder of its own, with no run beside it: what was paid in one run counts in those beside it."""
        tries = self.folder / name
        run = self._opening(tries / f"{len(list(tries.glob('*'))) + 1}" / "run", name, self._speeds[name])
        try:
            return detected(run, name, self._scenarios[name], pytest, progress)
        except (SiteFailed, JudgingFailed) as failed:
            return nothing(run, name, self._scenarios[name], str(failed))

    def _write(self) -> None:
        """All results that there are, or the file as it was before; and the page of those of the list."""
        at_utc = datetime.now(UTC)
        told = [row.model_dump(mode="json") | {"held": row.held} for row in self._known.values()]
        whole = json.dumps({"at_utc": at_utc.isoformat(timespec="seconds"), "scenarios": told}, indent=1)
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{FILE}.tmp"
        unfinished.write_text(whole + "\n", "utf-8")
        unfinished.replace(self.folder / FILE)
        detection.write_page(self.folder, self.rows, self.count, at_utc)

    def _expected(self, name: str) -> Expected:
        hold_min = self._plan.moment(self._scenarios[name].expected.moment).hold_min
        return Expected(hold_min or 0.0, self._speeds[name])

    def _to_go(self, done: list[tuple[float, Expected]], due: Iterable[str]) -> str:
        s = left_s(done, [self._expected(name) for name in due])
        return f"about {s / 60:.0f} min" if s >= 90 else f"about {s:.0f} s"


def must_be_a_drills(folder: Path) -> None:
    """Raises Invalid for a folder of something else."""
    if folder.exists() and not (folder.is_dir() and ((folder / FILE).exists() or not any(folder.iterdir()))):
        raise Invalid("--run", [f"{folder} is no folder of a drill; name another, or leave --run out for a new one"])


def read(folder: Path) -> list[Detection]:
    """The results in `folder`; none where there is no file. Raises Invalid for a file that no drill wrote."""
    file = folder / FILE
    if not file.exists():
        return []
    try:
        rows = [{**row} for row in json.loads(file.read_text("utf-8"))["scenarios"]]
        return [Detection.model_validate({k: value for k, value in row.items() if k != "held"}) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        why = f"holds no results of a drill ({type(error).__name__}): name another folder with --run"
        raise Invalid(str(file), [why]) from None
