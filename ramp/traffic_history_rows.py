"""`[traffic_history]`: where the request rate of the last days stands."""

from pydantic import model_validator

from ramp.forms import FilePath, Text
from ramp.validation import Row


class TrafficHistory(Row):
    """Either a `file` (CSV with the columns at and per_s, or JSON lines with these keys), or a `query` for the server
    of `[real.prometheus]` that gives one number: requests a second of the whole system."""

    file: FilePath | None = None
    query: Text | None = None

    @model_validator(mode="after")
    def _it_is_one_of_them(self) -> "TrafficHistory":
        if (self.file is None) == (self.query is None):
            raise ValueError("names either a file or a query")
        return self
