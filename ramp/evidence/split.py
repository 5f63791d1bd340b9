"""The canary's share of the users, from the requests that the edge split between the slices.

A user stays with a slice, so that all that one sends counts once: n requests of users who send n_i each vary like n / D
independent ones, with D = sum n_i^2 / sum n_i (the design effect of clusters that are alike within; Kish, Survey
Sampling, 1965, 5.4). D is how many the user of a request sends, on average over requests: a few heavy users make it far
more than the mean over users.
"""

import math
from typing import NamedTuple

# What is taken for known of a share before the first request: as much as one user of the canary would tell.
_USERS_BEFORE = 1.0
_HALVINGS = 50


class Split(NamedTuple):
    """The requests that came to each slice, of users who send `requests_a_user` (D), 1 or more."""

    canary: float
    control: float
    requests_a_user: float

    def log_ratio(self, share: float, other: float) -> float:
        """The log of the likelihood ratio of one share of the users to another, both above 0 and below 1. It is the
        requests' to the power 1 / D: what a user of at most D requests wins stays fair (Jensen)."""
        log_ratio = self.canary * math.log(share / other) + self.control * math.log((1 - share) / (1 - other))
        return log_ratio / self.requests_a_user

    def log_e(self, share: float, planned: float) -> float:
        """The log of the winnings of a bet against "the canary's share of the users is `share`", above 0.

        The mean of that ratio over the shares of a beta distribution around what is `planned` (beta-binomial mixture:
        Robbins, Annals of Mathematical Statistics 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics
        49, 2021). While it is true they reach 1 / alpha with a probability of at most alpha, however often one looks.
        """
        if share >= 1:
            return math.inf if self.control else 0.0
        canary, control = self.canary / self.requests_a_user, self.control / self.requests_a_user
        a, b = _USERS_BEFORE, _USERS_BEFORE * max(1 - planned, 0.01) / planned
        mixed = _log_beta(a + canary, b + control) - _log_beta(a, b)
        return mixed - canary * math.log(share) - control * math.log1p(-share)

    def interval(self, planned: float, confidence_ratio: float) -> tuple[float, float]:
        """The shares of the users that fit: at all looks together the true one is among them with this confidence (a
        confidence sequence). Those against which a bet has not won 1 / (1 - confidence)."""
        seen, bar = self.canary / (self.canary + self.control), -math.log(1 - confidence_ratio)

        def edge(outside: float) -> float:
            inside = seen
            for _ in range(_HALVINGS):
                middle = (outside + inside) / 2
                fits = self.log_e(middle, planned) < bar
                outside, inside = (outside, middle) if fits else (middle, inside)
            return inside

        return edge(0.0) if self.canary else 0.0, edge(1.0) if self.control else 1.0

    def fitting(self, planned: float, confidence_ratio: float) -> float:
        """How many requests a user would have to send for the planned share to fit, where at present it does not: the
        winnings fall as they grow. Infinite where none would do."""
        bar, few, many = -math.log(1 - confidence_ratio), self.requests_a_user, self.canary + self.control
        if self._replace(requests_a_user=many).log_e(planned, planned) >= bar:
            return math.inf
        while many - few > 0.01 * few:
            middle = (few + many) / 2
            fits = self._replace(requests_a_user=middle).log_e(planned, planned) < bar
            few, many = (few, middle) if fits else (middle, many)
        return many


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
