"""Whether a run makes its own pipelines on the target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from imagebuilder_conformance.configuration.usage import UsageError

INSTANCE_PROFILE = "EC2InstanceProfileForImageBuilder"
"""The instance profile that builds get unless another is named: the one that Image Builder's own console makes."""

# The model's pattern of an `instanceProfileName`, and its length.
_PROFILE = re.compile(r"[\w+=,.@-]{1,256}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Provision:
    """That a run makes its own pipelines; `keep` leaves them afterwards, `instance_profile` is what builds run with."""

    keep: bool = False
    instance_profile: str = INSTANCE_PROFILE

    @property
    def words(self) -> str:
        """What is made and what becomes of it, on one line."""
        then = "kept" if self.keep else "taken away afterwards"
        return f"an infrastructure configuration, an image recipe and two image pipelines, {then}"


def provision_of(options: Mapping[str, Any], *, sends: bool = True) -> Provision | None:
    """Whether and how a run makes its own pipelines. Raises `UsageError`.

    `sends` says that something is to be sent, which takes boto3.
    """
    profile = options.get("instance_profile")
    if not options.get("provision"):
        for name, given in (("--keep", options.get("keep")), ("--instance-profile", profile is not None)):
            if given:
                raise UsageError(f"{name} is about what --provision makes: say --provision too")
        return None
    if options.get("pipeline_arn"):
        raise UsageError("--provision makes the pipelines of the run, --pipeline-arn names some: say one of the two")
    if profile is not None and not _PROFILE.fullmatch(profile):
        raise UsageError(f"--instance-profile: expected the name of an instance profile, got {profile!r}")
    if sends and find_spec("boto3") is None:
        raise UsageError("--provision takes boto3: pip install 'imagebuilder-conformance[aws]'")
    return Provision(bool(options.get("keep")), INSTANCE_PROFILE if profile is None else profile)
