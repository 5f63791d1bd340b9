"""Every number of the plan and of the release file has its range, and is a number: one that is added later too."""

import pytest
from test_any_value import PLAN, RELEASE, changed, paths_of
from toml_text import toml_of

from ramp import directive
from ramp import release as releases
from ramp.validation import Invalid

WRONG = (1e308, 10**30, -1, -1e-9, float("nan"), float("inf"), float("-inf"), True, "1", [], {})


def numbers_of(table):
    for path in paths_of(table):
        value = table
        for key in path:
            value = value[key]
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield path


def named(path):
    return ".".join(map(str, path))


@pytest.mark.parametrize("path", list(numbers_of(PLAN)), ids=named)
def test_a_number_of_the_plan_that_cannot_be_meant_is_refused(path):
    """Huge, negative, none at all, true, or text."""
    for value in WRONG:
        with pytest.raises(Invalid):
            directive.parse(toml_of(changed(PLAN, path, value)))


@pytest.mark.parametrize("path", list(numbers_of(RELEASE)), ids=named)
def test_a_number_of_the_release_file_that_cannot_be_meant_is_refused(plan, path):
    for value in WRONG:
        with pytest.raises(Invalid):
            releases.parse(toml_of(changed(RELEASE, path, value)), "release.toml", plan, [])
