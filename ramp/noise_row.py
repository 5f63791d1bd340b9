"""The row of the release directive that says how noise is learned in the ramp."""

from typing import Annotated

from pydantic import Field, model_validator

from ramp.allowed import Count, allowed
from ramp.sourced_row import SourcedRow


class NoiseRow(SourcedRow):
    blocks_min: Annotated[tuple[Count, ...], Field(min_length=1, max_length=5)]
    clip_log_odds: Annotated[float, allowed("with more an outage of both slices would count as noise", over=0, most=1)]
    level_min: Annotated[Count, allowed("a level is of some minutes of late", least=5, most=90)]
    square_medians_max: Annotated[float, allowed("with more one burst would count as noise", least=1, most=20)]
    presumed: Annotated[float, allowed("with more no minute would show that noise is shared", least=0, most=100)]
    instances_block_min: Annotated[Count, allowed("noise that lasts shows in some minutes", least=5, most=30)]
    instances_least: Annotated[
        Count, allowed("one counts no more than the next, and two others must differ", least=3, most=100)
    ]
    instances_minutes: Annotated[float, allowed("with more nothing would be said to last", least=0, most=100)]
    settling_nats_max: Annotated[float, allowed("with 0 nothing would be found in these minutes", over=0, most=100)]

    @model_validator(mode="after")
    def _in_order(self) -> "NoiseRow":
        if list(self.blocks_min) != sorted(set(self.blocks_min)) or self.blocks_min[-1] > self.level_min / 2:
            raise ValueError(f"blocks_min must rise up to half of level_min, they are {list(self.blocks_min)}")
        return self
