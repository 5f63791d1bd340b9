"""The row of the release directive that says how strongly evidence must speak, and what the placebo hour must be."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ramp.allowed import Evidence, Margin, Minutes, Seconds, allowed
from ramp.sourced_row import SourcedRow


class EvidenceRow(SourcedRow):
    comparison: Literal["control", "limits_only"]
    red_e: Evidence
    yellow_e: Evidence
    proof_e: Annotated[Evidence, allowed("with less nearly anything is proof", least=10)]
    placebo_min: Minutes
    placebo_min_least: Annotated[Minutes, allowed("less tells nothing of how much equal slices differ", least=10)]
    placebo_min_max: Minutes
    placebo_age_min_max: Minutes
    placebo_dispersion_max: Annotated[
        float, allowed("chance alone is 1, and with more no noise is too much", least=1, most=20)
    ]
    sudden_looks: Annotated[int, allowed("of more looks the first minutes would be RED", least=0, most=10)]
    sudden_e: Evidence
    latency_settling_e: Annotated[float, allowed("a sum that no bets can win is no bar", over=1, most=1_000_000)]
    cache_settling_e: Annotated[float, allowed("a sum that no bets can win is no bar", over=1, most=1_000_000)]
    lasting_e: Annotated[float, allowed("with more, what goes on would be RED too late", least=1, most=100)]
    anew_max: Annotated[int, allowed("what is begun anew more often than twice proves nothing", least=0, most=2)]
    half_life_min: Annotated[Minutes, allowed("what is learnt is neither forgotten at once nor kept for ever", least=1)]
    latency_bounds_s: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=50)]
    latency_margin_ratio: Margin
    errors_margin_ratio: Margin
    cache_margin_ratio: Margin
    declines_margin_ratio: Margin

    @model_validator(mode="after")
    def _in_order(self) -> "EvidenceRow":
        if self.yellow_e > self.red_e:
            why = "what is RED would never have been YELLOW"
            raise ValueError(f"yellow_e = {self.yellow_e:g} is over red_e = {self.red_e:g}: {why}")
        for name in ("sudden_e", "latency_settling_e", "cache_settling_e"):
            if (bar := getattr(self, name)) < self.red_e:
                why = "in the first minutes less would be RED than after them"
                raise ValueError(f"{name} = {bar:g} is under red_e = {self.red_e:g}: {why}")
        if not self.placebo_min_least <= self.placebo_min <= self.placebo_min_max:
            found = f"{self.placebo_min_least:g}, {self.placebo_min:g} and {self.placebo_min_max:g}"
            raise ValueError(f"placebo_min_least, placebo_min and placebo_min_max must rise, they are {found}")
        if list(self.latency_bounds_s) != sorted(set(self.latency_bounds_s)):
            raise ValueError(f"latency_bounds_s must rise, they are {list(self.latency_bounds_s)}")
        return self
