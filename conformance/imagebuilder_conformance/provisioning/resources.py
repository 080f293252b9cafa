"""What is made so that a run has two pipelines to start: which resources, by which calls, and what IAM has to allow.

Operations, members and patterns are those of the SDK's model. What AWS itself asks beyond it is assumed: that the
parent image and the component, which Amazon owns, are there in each region, and that the calls need the permissions of
others that `DEPENDENT_ACTIONS` names. Nobody here has seen AWS answer them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What builds on AWS cost least with, as long as nobody lets them end; examples/aws-sandbox has the same.
_INSTANCE_TYPE = "t3.nano"
_PARENT_IMAGE = "image/amazon-linux-2023-x86/x.x.x"
# A recipe takes a component by older models; by that of today it may have none.
_COMPONENT = "component/update-linux/x.x.x"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource; `id` is how ARNs name it, `noun` and `member` how the operations and their members do.

    `summaries` is the member of a list that holds its resources.
    """

    id: str
    noun: str
    member: str
    summaries: str

    @property
    def create(self) -> str:
        """The operation that makes one."""
        return f"Create{self.noun}"

    @property
    def delete(self) -> str:
        """The operation that takes one away."""
        return f"Delete{self.noun}"

    @property
    def list(self) -> str:
        """The operation that lists those that there are."""
        return f"List{self.noun}s"


INFRASTRUCTURE = Kind(
    "infrastructure-configuration",
    "InfrastructureConfiguration",
    "infrastructureConfigurationArn",
    "infrastructureConfigurationSummaryList",
)
RECIPE = Kind("image-recipe", "ImageRecipe", "imageRecipeArn", "imageRecipeSummaryList")
PIPELINE = Kind("image-pipeline", "ImagePipeline", "imagePipelineArn", "imagePipelineList")
KINDS: Mapping[str, Kind] = {kind.id: kind for kind in (INFRASTRUCTURE, RECIPE, PIPELINE)}

DEPENDENT_ACTIONS = (
    "ec2:DescribeImages",
    "iam:GetInstanceProfile",
    "imagebuilder:GetComponent",
    "imagebuilder:GetImage",
    "imagebuilder:GetImageRecipe",
    "imagebuilder:GetInfrastructureConfiguration",
)
"""What else the calls that make them need, as AWS's reference of permissions has it, beside `iam:PassRole`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that is to be made; `members` are those of its request that name no other one."""

    kind: Kind
    name: str
    members: Mapping[str, Any]


def wanted(nonce: str, *, partition: str, region: str, instance_profile: str) -> tuple[Wanted, ...]:
    """What a run makes, in the order in which it is made: each needs those before it.

    The names have the run's nonce in them, so that they are nobody else's, and no word that a secret may be.
    """
    owned = f"arn:{partition}:imagebuilder:{region}:aws"
    name = f"conformance-{nonce}"
    infrastructure = {
        "instanceProfileName": instance_profile,
        "instanceTypes": [_INSTANCE_TYPE],
        "terminateInstanceOnFailure": True,
    }
    recipe = {
        "semanticVersion": "1.0.0",
        "parentImage": f"{owned}:{_PARENT_IMAGE}",
        "components": [{"componentArn": f"{owned}:{_COMPONENT}"}],
    }
    # Without a schedule only the run starts them.
    pipeline = {"imageTestsConfiguration": {"imageTestsEnabled": False}, "enhancedImageMetadataEnabled": False}
    return (
        Wanted(INFRASTRUCTURE, name, infrastructure),
        Wanted(RECIPE, name, recipe),
        Wanted(PIPELINE, f"{name}-first", pipeline),
        Wanted(PIPELINE, f"{name}-second", pipeline),
    )
