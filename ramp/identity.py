"""How a release says which one it is: the form of its version, and where its answers or its metrics name it."""

import re
from typing import Annotated

from pydantic import AfterValidator, model_validator

from ramp.forms import HeaderName, dated, shaped
from ramp.slices_told import LabelName
from ramp.validation import Row

DATED, SEMVER = "vYYYYMMDD.X", "semver"
# https://semver.org, without a v in front: 1.2.3 and v1.2.3 would be two names of one release.
_NUMBER = r"(0|[1-9][0-9]*)"
_PART = rf"({_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_PART}(\.{_PART})*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"


def _readable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is neither {DATED} nor {SEMVER} nor a regular expression: {error}") from None
    return pattern


VersionPattern = Annotated[str, shaped(r"[!-~]{1,200}", f"{DATED}, {SEMVER} or a pattern"), AfterValidator(_readable)]
MetricName = Annotated[str, shaped(r"[A-Za-z_:][A-Za-z0-9_:]*", "app_build_info, the name of a metric")]


def of_pattern(version: str, pattern: str) -> str:
    """`version`, where it is of that form. Raises ValueError."""
    if pattern == DATED:
        return dated(version)
    if pattern == SEMVER and not re.fullmatch(_SEMVER, version):
        raise ValueError("should look like 2.14.0 or 2.14.0-rc.1 (semver)")
    if pattern != SEMVER and not re.fullmatch(pattern, version):
        raise ValueError(f"is not of version_pattern, {pattern}")
    return version


class BuildLabels(Row):
    """A metric whose labels name version and commit of what runs: app_build_info{version="...", revision="..."}."""

    metric: MetricName
    version: LabelName = "version"
    commit: LabelName = "revision"


class Identity(Row):
    """Where an answer says whose it is, and the metric that says whose page it is, in place of any label that might."""

    version_header: HeaderName = "X-Release-Version"
    commit_header: HeaderName = "X-Release-Commit"
    build: BuildLabels | None = None

    @model_validator(mode="after")
    def _says_two_things(self) -> "Identity":
        if self.version_header.lower() == self.commit_header.lower():
            raise ValueError(f"version_header and commit_header are both {self.version_header}")
        return self

    @property
    def headers(self) -> tuple[str, str]:
        return self.version_header, self.commit_header
