"""Defects that take a legal ARN for a malformed one."""

from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import RewrittenPattern
from imagebuilder_conformance.reference.defects.registry import defect


@defect("arn-name-without-underscore", breaks="request.image-pipeline-arn.legal-names")
class ArnNameWithoutUnderscore(RewrittenPattern):
    """The pipeline's name may not hold an underscore."""

    part, rewritten = "[a-z0-9-_]", "[a-z0-9-]"


@defect("arn-name-starts-with-letter", breaks="request.image-pipeline-arn.legal-names")
class ArnNameStartsWithLetter(RewrittenPattern):
    """The pipeline's name must start with a letter."""

    part, rewritten = "[a-z0-9-_]+", "[a-z][a-z0-9-_]*"


@defect("arn-name-of-single-character-refused", breaks="request.image-pipeline-arn.legal-names")
class ArnNameOfSingleCharacterRefused(RewrittenPattern):
    """The pipeline's name must have two characters or more."""

    part, rewritten = "[a-z0-9-_]+", "[a-z0-9-_]{2,}"


@defect("arn-name-with-hyphen-inside-only", breaks="request.image-pipeline-arn.legal-names")
class ArnNameWithHyphenInsideOnly(RewrittenPattern):
    """The pipeline's name may hold hyphens and underscores between letters and digits only."""

    part, rewritten = "[a-z0-9-_]+", "[a-z0-9]+(?:[-_][a-z0-9]+)*"


@defect("arn-aws-account-refused", breaks="request.image-pipeline-arn.aws-account")
class ArnAwsAccountRefused(RewrittenPattern):
    """The account must have twelve digits; `aws` in its place is refused."""

    part, rewritten = "(?:[0-9]{12}|aws)", "[0-9]{12}"


@defect("arn-other-partitions-refused", breaks="request.image-pipeline-arn.elsewhere")
class ArnOtherPartitionsRefused(RewrittenPattern):
    """The partition must be `aws`; those of China and of the government are refused as malformed."""

    part, rewritten = "aws[^:]*:", "aws:"


@defect("arn-other-regions-refused", breaks="request.image-pipeline-arn.elsewhere")
class ArnOtherRegionsRefused(Behaviour):
    """An ARN of a region other than the target's is refused as malformed."""

    def arn_breach(self, value: Any) -> str | None:
        """Hold the region against the target's."""
        breach = super().arn_breach(value)
        if breach is None and value.split(":")[3] != self.settings.region:
            return "imagePipelineArn is malformed"
        return breach
