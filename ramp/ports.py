"""What the conductor needs of the world, and what goes wrong there."""

from typing import Protocol


class TrafficFailed(Exception):
    """The weight could not be read or set, or is another one afterwards. The sentence says which tool said what."""


class Traffic(Protocol):
    """Who sends users to the canary: a tool of the release's own, a load balancer, the rehearsal's edge."""

    def weight_pct(self) -> float:
        """The canary's weight as the tool says it. Raises TrafficFailed."""

    def set_weight(self, pct: float) -> None:
        """Raises TrafficFailed unless the tool, asked again, says that weight."""

    def roll_back(self) -> None:
        """Orders no more users to the canary. That the order was taken proves nothing. Raises TrafficFailed."""

    def ready(self, pct: float) -> bool | None:
        """Whether the canary can carry `pct` of the users; None where nothing can say so. Raises TrafficFailed."""
