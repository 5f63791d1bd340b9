"""The row of the release directive about the users whom the edge splits."""

from typing import Annotated

from ramp.allowed import allowed
from ramp.sourced_row import SourcedRow


class SplitRow(SourcedRow):
    """How many requests one sends in a stage, on average over requests: sum n^2 / sum n."""

    requests_a_user: Annotated[float, allowed("with more no share is ever wrong", least=1, most=1000)]
