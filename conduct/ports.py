"""What a conductor acts through: traffic as it may be set here, and users of our own who see where it goes."""

from collections.abc import Callable
from dataclasses import dataclass

from conduct.run import Run
from fixtures.traffic.contract import traffic_of
from fixtures.traffic.witness import Witness
from ramp.ports import Traffic, TrafficFailed

NO_TOOL = "without [real.traffic] in the release file (docs/traffic.md)"


@dataclass(frozen=True)
class Ports:
    traffic: Traffic
    witness: Witness
    acts: bool


class Watched:
    """Traffic that somebody else sets: the conductor says what to set, and takes for set what was asked for, since
    the share of the traffic is to prove it. Where the tool can be read, it is. Without one `--act` sets nothing."""

    def __init__(self, tool: Traffic | None, say: Callable[[str], None]) -> None:
        self._tool = tool
        self._say = say
        self._asked_pct = 0.0

    def weight_pct(self) -> float:
        return self._tool.weight_pct() if self._tool else self._asked_pct

    def set_weight(self, pct: float) -> None:
        self._asked_pct = pct
        why = "without --act" if self._tool else NO_TOOL
        self._say(f"set the canary's weight to {pct:g} % now, with your own tool: nothing is set here {why}")

    def roll_back(self) -> None:
        """Raises TrafficFailed: nothing was ordered."""
        self._asked_pct = 0.0
        if self._tool is None:
            raise TrafficFailed(f"nothing is set here {NO_TOOL}: take all users back with your own tool, now")
        raise TrafficFailed("nothing is set without --act: type `python -m ramp rollback`, or use your own tool, now")

    def ready(self, pct: float) -> bool | None:
        return self._tool.ready(pct) if self._tool else None


def ports_of(run: Run, say: Callable[[str], None]) -> Ports:
    """`say` tells whoever sets traffic by hand what to set, also where --act was to set it and cannot."""
    target = run.site.target
    if target.traffic is None and run.site.act:
        say(f"--act sets no traffic {NO_TOOL}: the ramp is watched, and says what you set with your own tool")
    tool = traffic_of(target.traffic, run.site.secrets) if target.traffic else None
    acts = tool is not None and (run.site.act or not run.site.is_live)
    witness = Witness(target, run.release)
    return Ports(tool if tool and acts else Watched(tool, say), witness, acts)
