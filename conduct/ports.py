"""What a conductor acts through: traffic as it may be set here, and users of our own who see where it goes."""

from collections.abc import Callable
from dataclasses import dataclass

from conduct.run import Run
from fixtures.traffic.contract import traffic_of
from fixtures.traffic.witness import Witness
from ramp.ports import Traffic, TrafficFailed


@dataclass(frozen=True)
class Ports:
    traffic: Traffic
    witness: Witness
    acts: bool


class Watched:
    """Traffic that somebody else sets: the conductor says what to type, and takes for set what was asked for, since
    the share of the traffic is to prove it. Where the tool can be read, it is."""

    def __init__(self, tool: Traffic | None, say: Callable[[str], None]) -> None:
        self._tool = tool
        self._say = say
        self._asked_pct = 0.0

    def weight_pct(self) -> float:
        return self._tool.weight_pct() if self._tool else self._asked_pct

    def set_weight(self, pct: float) -> None:
        self._asked_pct = pct
        self._say(f"set the canary's weight to {pct:g} % now; nothing is set here without --act")

    def roll_back(self) -> None:
        """Raises TrafficFailed: nothing was ordered."""
        self._asked_pct = 0.0
        raise TrafficFailed("nothing is set without --act: type `python -m ramp rollback`, or use your own tool, now")

    def ready(self, pct: float) -> bool | None:
        return self._tool.ready(pct) if self._tool else None


def ports_of(run: Run, say: Callable[[str], None]) -> Ports:
    """`say` tells whoever sets traffic by hand what to set."""
    target = run.site.target
    tool = traffic_of(target.traffic, run.site.secrets) if target.traffic else None
    acts = tool is not None and (run.site.act or not run.site.is_live)
    witness = Witness(target, run.release)
    return Ports(tool if tool and acts else Watched(tool, say), witness, acts)
