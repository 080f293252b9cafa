"""Suites that take more than the package brings by itself: an extra, installed by name."""

from collections.abc import Mapping
from importlib.util import find_spec

from imagebuilder_spec import Suite

# The module that a suite's extra brings. The extra is called as the suite.
_MODULES: Mapping[Suite, str] = {Suite.SDK: "boto3"}


class ExtraMissingError(Exception):
    """A suite can't be run for lack of its extra; the message says what to install."""

    def __init__(self, suite: Suite) -> None:
        super().__init__(
            f"{_MODULES[suite]} is not installed; `pip install {_MODULES[suite]}` or the extra `{suite}` brings it"
        )


def is_installed(suite: Suite) -> bool:
    """Whether everything that a suite takes is there. Nothing is imported to find out."""
    return suite not in _MODULES or find_spec(_MODULES[suite]) is not None


def installed_suites(*, sdk_elsewhere: bool = False) -> tuple[Suite, ...]:
    """The suites that can be run here: what `all` means. `sdk_elsewhere`: another interpreter brings the SDK."""
    return tuple(suite for suite in Suite if is_installed(suite) or (sdk_elsewhere and suite is Suite.SDK))
