"""Which release it is: the form of a version, and the names of what says it."""

import pytest
from pydantic import ValidationError

from ramp.identity import Identity
from ramp.release import Release

COMMIT = "a" * 40


def release(version, **of):
    return Release(commit=COMMIT, version=version, **of)


@pytest.mark.parametrize(
    ("version", "of"),
    [
        ("v20261124.1", {}),
        ("2.14.0", {"version_pattern": "semver"}),
        ("2.14.0-rc.1+build.5", {"version_pattern": "semver"}),
        ("build-4711", {"version_pattern": r"build-[1-9]\d*"}),
    ],
)
def test_a_version_of_the_pattern_is_taken(version, of):
    assert release(version, **of).version == version


@pytest.mark.parametrize(
    ("version", "of", "says"),
    [
        ("2.14.0", {}, "should look like v20261124.1 (vYYYYMMDD.X)"),
        ("v20261344.1", {}, "its day is none"),
        ("v2.14.0", {"version_pattern": "semver"}, "should look like 2.14.0"),
        ("2.014.0", {"version_pattern": "semver"}, "should look like 2.14.0"),
        ("build-04711", {"version_pattern": r"build-[1-9]\d*"}, r"is not of version_pattern, build-[1-9]\d*"),
        ("../../x", {"version_pattern": ".*"}, "should look like v20261124.1"),
        ("a..b", {"version_pattern": ".*"}, "should look like v20261124.1"),
        ("a/b", {"version_pattern": ".*"}, "should look like v20261124.1"),
        ("1", {"version_pattern": "("}, "is neither vYYYYMMDD.X nor semver nor a regular expression"),
    ],
)
def test_another_is_refused_with_what_it_should_look_like(version, of, says):
    with pytest.raises(ValidationError) as refused:
        release(version, **of)

    assert says in str(refused.value)


def test_one_header_cannot_say_both():
    with pytest.raises(ValidationError, match="are both X-V"):
        Identity(version_header="X-V", commit_header="x-v")
