"""Evidence on a share of bad requests: worse than control, over its limit, within its limit."""

from collections.abc import Sequence
from functools import lru_cache
from math import inf, log, sqrt

from ramp.evidence.dispersion import Dispersion, Minute
from ramp.evidence.own_noise import Learning, OwnNoise
from ramp.evidence.process import Process

# How many times more are bad, under the alternatives to "no worse than control" and "at most the limit"; how many
# times fewer than the limit under those to "over the limit".
WORSE = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0)
OVER = (1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 3.0, 5.0, 10.0)
WITHIN = (0.95, 0.9, 0.8, 0.65, 0.5, 0.3)
# One burst of retries is one incident: no minute of few events wins more than this many nats by itself. Winning less
# than the bet paid out keeps a bet fair.
_NATS_MAX = 5.0

__all__ = ["Learning", "Minute", "ShareEvidence", "worse_than_control"]


class ShareEvidence:
    """What the minutes of a ramp say of one share, minute by minute.

    Winnings are divided, as logs, by `dispersion`, the larger of what the placebo hour showed and of what the minutes
    before have shown: a power of at most 1 of a fair bet that is known beforehand is fair (Jensen), so this can only
    weaken the evidence. Control's running share forgets as fast as noise is. Minutes without any request say nothing.
    `by_route` is how `placebo` was made alike. Raises ValueError for an empty placebo.
    """

    def __init__(
        self, placebo: Sequence[Minute], *, limit_ratio: float | None, learning: Learning, by_route: bool = False
    ) -> None:
        self.by_route = by_route
        placebo = [minute for minute in placebo if minute.n + minute.control_n]
        self.dispersion = Dispersion.of(placebo)
        self._noise = OwnNoise(learning)
        self._lasting = 0.0
        self._limit_ratio = limit_ratio
        self._decay = 0.5 ** (1 / learning.half_life_min)
        self._control_bad = self._control_n = 0.0
        for minute in placebo:
            self._remember(minute)
            if minute.control_n:
                self._noise.before(_log_odds(minute.control_bad, minute.control_n))
        self.against_control = Process()
        self._over, self._within = Process(), Process()

    def add(
        self, minute: Minute, stage: str, margin: float, nats_max: float = inf, counted: Minute | None = None
    ) -> float:
        """One more minute, with `margin`, the ratio to control's share up to which the canary counts as no worse, and
        the nats that it wins at most. What was `counted` is held to the limit, where `minute` was made comparable.
        Gives the dispersion by which its evidence was divided."""
        dispersion = 1.0
        if minute.n and minute.control_n:
            information = minute.information
            dispersion = self.dispersion.at(information)
            most = min(_NATS_MAX * max(1.0, sqrt(information)), nats_max)
            share = self.control_share
            log_es = worse_than_control(minute, share, margin)
            self.against_control.bet([min(log_e / dispersion, most) for log_e in log_es], stage)
            if self._limit_ratio is not None:
                bad, n, _, _ = counted or minute
                for process, log_es in (
                    (self._over, against_limit(bad, n, self._limit_ratio, OVER)),
                    (self._within, against_limit(bad, n, self._limit_ratio, WITHIN)),
                ):
                    process.bet([log_e / dispersion for log_e in log_es], stage)
            self._learn(minute, information, stage)
        self._remember(minute)
        return dispersion

    def _learn(self, minute: Minute, information: float, stage: str) -> None:
        control = _log_odds(minute.control_bad, minute.control_n)
        apart = _log_odds(minute.bad, minute.n) - control
        self._noise.add(control, apart, 1 / minute.control_information, 1 / information, stage)
        self._disperse()

    def temper(self, lasting: float) -> None:
        """Takes the slices' variance in log odds a minute to be at least `lasting` from the next minute on."""
        self._lasting = lasting
        self._disperse()

    def _disperse(self) -> None:
        own = max(self._noise.variance, self._lasting)
        if own != self.dispersion.own:
            self.dispersion = self.dispersion.with_own(own)

    def mark(self) -> None:
        """See `Process.mark`; of the bets against control."""
        self.against_control.mark()

    def unmark(self) -> None:
        """See `Process.unmark`."""
        self.against_control.unmark()

    @property
    def log_since(self) -> float:
        """See `Process.log_since`."""
        return self.against_control.log_since

    def forget_noise(self) -> None:
        """See `OwnNoise.forget`; minutes that are missing show no end of what was lost before them either."""
        self.unmark()
        self._noise.forget()
        self.temper(0.0)

    def begin_anew(self) -> None:
        """See `Process.begin_anew`: nothing is proven any more, neither against the canary nor for it."""
        for process in (self.against_control, self._over, self._within):
            process.begin_anew()

    def _remember(self, minute: Minute) -> None:
        self._control_bad = self._control_bad * self._decay + minute.control_bad
        self._control_n = self._control_n * self._decay + minute.control_n

    @property
    def control_share(self) -> float:
        """Of bad on control of late: bursts that are over weigh little."""
        return (self._control_bad + 0.5) / (self._control_n + 1)

    @property
    def log_worse(self) -> float:
        """log E against "no worse than control, but for the margin"."""
        return self.against_control.log_e

    @property
    def log_over(self) -> float:
        """log E against "at most the limit"."""
        return self._over.log_e

    @property
    def log_within(self) -> float:
        """log E against "over the limit": the proof of GREEN at a look that nobody scheduled."""
        return self._within.log_e


def _log_odds(bad: float, n: float) -> float:
    return log((bad + 0.5) / (max(n - bad, 0.0) + 0.5))


def worse_than_control(minute: Minute, share: float, margin: float) -> list[float]:
    """The logs of one minute's winnings against "the canary's share of bad is at most `margin` times control's", for
    each alternative "it is `a` times that", with control's share near `share` (guessed before the minute was seen).

    Null hypothesis: p_c <= margin p_k, any p_k. The ratio of the likelihood of (a margin share, share) to that of the
    point of the null nearest to it in Kullback-Leibler divergence; for a convex null no winnings are expected anywhere
    in it (Turner and Grünwald, Statistics and Probability Letters 198, 2023; Grünwald, de Heide and Koolen, JRSS B 86,
    2024, theorem 1). The nearest point lies on the line p_c = margin p_k and solves a quadratic equation.
    """
    bad, n, control_bad, control_n = minute
    top = margin * share
    if top >= 1:
        return [0.0] * len(WORSE)
    fine, control_fine, all_fine = n - bad, control_n - control_bad, control_n * (1 - share)
    control_gain = control_bad * log(share) + control_fine * log(1 - share)
    log_es = []
    for times in WORSE:
        canary = times * top
        if 2 * canary > 1 + top:
            canary = (1 + top) / 2
        b, c = n * canary + control_n * share, n * (1 - canary)
        linear, square = b + margin * (b + c) + all_fine, margin * (b + c + all_fine)
        near = 2 * b / (linear + sqrt(max(linear * linear - 4 * square * b, 0.0)))
        near_canary = margin * near
        log_es.append(
            bad * log(canary / near_canary)
            + fine * log((1 - canary) / (1 - near_canary))
            + control_gain
            - control_bad * log(near)
            - control_fine * log(1 - near)
        )
    return log_es


def against_limit(bad: float, n: float, limit_ratio: float, multiples: Sequence[float]) -> list[float]:
    """The logs of the winnings of the likelihood ratio of a share of `multiple` times the limit to the limit itself.

    Null hypothesis: the share is at most the limit, for multiples above 1; at least the limit, for those below 1 (Wald,
    Annals of Mathematical Statistics 16, 1945: the likelihood ratio is monotone in the share).
    """
    fine = n - bad
    return [bad * of_bad + fine * of_fine for of_bad, of_fine in _log_ratios(limit_ratio, tuple(multiples))]


@lru_cache
def _log_ratios(limit_ratio: float, multiples: tuple[float, ...]) -> list[tuple[float, float]]:
    """What one bad and one good request win, in logs."""
    shares = [min(multiple * limit_ratio, (1 + limit_ratio) / 2) for multiple in multiples]
    return [(log(share / limit_ratio), log((1 - share) / (1 - limit_ratio))) for share in shares]
