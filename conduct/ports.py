"""What a conductor acts through: traffic as it may be set here, and users of our own who see where it goes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conduct.run import Run
from fixtures.traffic.contract import traffic_of
from fixtures.traffic.witness import Witness
from ramp.happened import WeightRead
from ramp.ports import Traffic, TrafficFailed

NO_TOOL = "without [real.traffic] in the release file (docs/traffic.md)"


@dataclass(frozen=True)
class Ports:
    traffic: Traffic
    witness: Witness
    acts: bool


@dataclass(frozen=True)
class Asked:
    """The weight that somebody was asked to set, and what the tool said before; None once it need not say that."""

    pct: float = 0.0
    was_pct: float | None = None


NOTHING = Asked()


def weight_of(traffic: Traffic) -> WeightRead:
    """The weight as the tool says it."""
    try:
        return WeightRead(traffic.weight_pct())
    except TrafficFailed as failed:
        return WeightRead(None, str(failed))


class Watched:
    """Traffic that somebody else sets: the conductor says what to set, and takes for set what was asked for, since
    the share of the traffic is to prove it. Where the tool can be read and says another weight than before, that is it;
    so is the one before, once it said otherwise. Without a tool `--act` sets nothing."""

    def __init__(self, tool: Traffic | None, say: Callable[[str], None], asked: Asked = NOTHING) -> None:
        self._tool, self._say, self._asked = tool, say, asked
        if asked.was_pct is not None:
            self._ask()

    def weight_pct(self) -> float:
        if self._tool is None:
            return self._asked.pct
        if (pct := self._tool.weight_pct()) == self._asked.was_pct:
            return self._asked.pct
        self._asked = Asked(self._asked.pct)
        return pct

    def set_weight(self, pct: float) -> None:
        was_pct = None
        with suppress(TrafficFailed):  # it must be said all the same
            was_pct = self.weight_pct()
        self._asked = Asked(pct, was_pct)
        self._ask()

    def _ask(self) -> None:
        why = "without --act" if self._tool else NO_TOOL
        self._say(
            f"set the canary's weight to {self._asked.pct:g} % now, with your own tool: nothing is set here {why}"
        )

    def roll_back(self) -> None:
        """Raises TrafficFailed: nothing was ordered."""
        self._asked = NOTHING
        if self._tool is None:
            raise TrafficFailed(f"nothing is set here {NO_TOOL}: take all users back with your own tool, now")
        raise TrafficFailed("nothing is set without --act: type `python -m ramp rollback`, or use your own tool, now")

    def ready(self, pct: float) -> bool | None:
        return self._tool.ready(pct) if self._tool else None


def asked_in(records: Iterable[Mapping[str, Any]]) -> Asked:
    """What somebody was asked to set last, by the journal. Once the share was seen to follow, the tool says so too."""
    asked = NOTHING
    for each in records:
        if each["kind"] == "ordered" and each["what"] == "SetWeight":
            asked = Asked(each["order"]["to_pct"], each["order"]["from_pct"])
        elif each["kind"] == "ordered" and each["what"] == "RollBack":
            asked = NOTHING
        elif each["kind"] == "happened" and each["event"]["what"] == "ShareSeen" and each["event"]["follows"]:
            asked = Asked(asked.pct)
    return asked


def ports_of(run: Run, say: Callable[[str], None], records: Iterable[Mapping[str, Any]] = ()) -> Ports:
    """`say` tells whoever sets traffic by hand what to set, also where --act was to set it and cannot; `records` are of
    a ramp that goes on."""
    target = run.site.target
    if target.traffic is None and run.site.act:
        say(f"--act sets no traffic {NO_TOOL}: the ramp is watched, and says what you set with your own tool")
    tool = traffic_of(target.traffic, run.site.secrets, run.folder) if target.traffic else None
    acts = tool is not None and (run.site.act or not run.site.is_live)
    witness = Witness(target, run.release)
    return Ports(tool if tool and acts else Watched(tool, say, asked_in(records)), witness, acts)
