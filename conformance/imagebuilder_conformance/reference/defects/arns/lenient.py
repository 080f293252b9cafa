"""Defects that take a malformed ARN for a legal one."""

import re
from typing import Any
from urllib.parse import unquote

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import RewrittenPattern
from imagebuilder_conformance.reference.defects.registry import defect


@defect("arn-unchecked", breaks="request.image-pipeline-arn.pattern")
class ArnUnchecked(Behaviour):
    """Any string is looked up, so a malformed ARN is answered as one that does not exist."""

    def arn_breach(self, value: Any) -> str | None:
        """Only the type counts."""
        return None if isinstance(value, str) else super().arn_breach(value)


@defect("arn-six-parts-suffice", breaks="request.image-pipeline-arn.pattern")
class ArnSixPartsSuffice(Behaviour):
    """An ARN is well-formed if it starts with `arn:` and has six parts."""

    def arn_breach(self, value: Any) -> str | None:
        """Count the colons."""
        if isinstance(value, str) and value.startswith("arn:") and value.count(":") == 5:
            return None
        return super().arn_breach(value)


@defect("arn-trailing-newline-accepted", breaks="request.image-pipeline-arn.pattern")
class ArnTrailingNewlineAccepted(RewrittenPattern):
    """The `$` of the pattern is Python's, which matches before a final newline too."""

    def translate(self, pattern: str) -> str:
        """As it stands."""
        return pattern


@defect("arn-one-line-suffices", breaks="request.image-pipeline-arn.pattern")
class ArnOneLineSuffices(RewrittenPattern):
    """The anchors of the pattern match at each line, so an ARN on a line of its own passes."""

    flags = re.ASCII | re.MULTILINE

    def translate(self, pattern: str) -> str:
        """As it stands."""
        return pattern


class _Cleaned(Behaviour):
    """The ARN is cleaned before it is validated and looked up."""

    def clean(self, arn: str) -> str:
        """What is validated in the place of an ARN."""
        raise NotImplementedError

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Clean the ARN."""
        members = super().members(document)
        arn = members.get("imagePipelineArn")
        if isinstance(arn, str):
            members["imagePipelineArn"] = self.clean(arn)
        return members


@defect("arn-stripped", breaks="request.image-pipeline-arn.pattern")
class ArnStripped(_Cleaned):
    """Blanks and newlines around an ARN are dropped."""

    def clean(self, arn: str) -> str:
        """Without the blanks around it."""
        return arn.strip()


@defect("arn-lowercased", breaks="request.image-pipeline-arn.pattern")
class ArnLowercased(_Cleaned):
    """An ARN is put in lower case before it is validated."""

    def clean(self, arn: str) -> str:
        """In lower case."""
        return arn.lower()


@defect("arn-percent-decoded", breaks="request.image-pipeline-arn.pattern")
class ArnPercentDecoded(_Cleaned):
    """An ARN is percent-decoded before it is validated, as if it had come in the path."""

    def clean(self, arn: str) -> str:
        """Percent-decoded."""
        return unquote(arn)


@defect("arn-cut-at-control-character", breaks="request.image-pipeline-arn.pattern")
class ArnCutAtControlCharacter(_Cleaned):
    """An ARN ends at its first control character, as a string does in C."""

    def clean(self, arn: str) -> str:
        """Up to the first control character."""
        return re.split(r"[\x00-\x1f]", arn, maxsplit=1)[0]


@defect("arn-case-ignored", breaks="request.image-pipeline-arn.pattern")
class ArnCaseIgnored(RewrittenPattern):
    """The pattern is matched without regard to case."""

    flags = re.ASCII | re.IGNORECASE


@defect("arn-end-not-anchored", breaks="request.image-pipeline-arn.pattern")
class ArnEndNotAnchored(RewrittenPattern):
    """Anything may follow a well-formed ARN: the pattern is matched as a prefix."""

    part, rewritten = "+$", "+"


@defect("arn-components-with-colons", breaks="request.image-pipeline-arn.pattern")
class ArnComponentsWithColons(RewrittenPattern):
    """Partition and region are any text, with colons in it too, so that one ARN behind another passes as one."""

    part, rewritten = "[^:]", "."


@defect("arn-start-not-anchored", breaks="request.image-pipeline-arn.pattern")
class ArnStartNotAnchored(RewrittenPattern):
    """Anything may stand before a well-formed ARN: the pattern is searched for."""

    part, rewritten = "^arn", "arn"


@defect("arn-any-partition", breaks="request.image-pipeline-arn.pattern")
class ArnAnyPartition(RewrittenPattern):
    """The partition may be anything, and need not start with `aws`."""

    part, rewritten = "aws[^:]*:", "[^:]*:"


@defect("arn-any-service", breaks="request.image-pipeline-arn.pattern")
class ArnAnyService(RewrittenPattern):
    """The service may be any other, such as `ec2`."""

    part, rewritten = ":imagebuilder:", ":[a-z0-9-]+:"


@defect("arn-any-resource-type", breaks="request.image-pipeline-arn.pattern")
class ArnAnyResourceType(RewrittenPattern):
    """The resource may be of any type, such as `image-recipe`."""

    part, rewritten = "image-pipeline/", "[a-z-]+/"


@defect("arn-region-optional", breaks="request.image-pipeline-arn.pattern")
class ArnRegionOptional(RewrittenPattern):
    """The region may be empty."""

    part, rewritten = ":[^:]+:", ":[^:]*:"


@defect("arn-account-optional", breaks="request.image-pipeline-arn.pattern")
class ArnAccountOptional(RewrittenPattern):
    """The account may be empty."""

    part, rewritten = "(?:[0-9]{12}|aws)", "(?:[0-9]{12}|aws|)"


@defect("arn-account-of-eleven-digits", breaks="request.image-pipeline-arn.pattern")
class ArnAccountOfElevenDigits(RewrittenPattern):
    """The account may have fewer than twelve digits: a leading zero was lost in a number."""

    part, rewritten = "[0-9]{12}", "[0-9]{1,12}"


@defect("arn-account-of-thirteen-digits", breaks="request.image-pipeline-arn.pattern")
class ArnAccountOfThirteenDigits(RewrittenPattern):
    """The account may have more than twelve digits."""

    part, rewritten = "[0-9]{12}", "[0-9]{12,}"


@defect("arn-account-of-any-digits", breaks="request.image-pipeline-arn.pattern")
class ArnAccountOfAnyDigits(RewrittenPattern):
    r"""The account's digits are `\d`, which matches digits outside ASCII, such as full-width ones."""

    part, rewritten = "[0-9]{12}", r"\d{12}"
    flags = re.UNICODE


@defect("arn-account-of-letters", breaks="request.image-pipeline-arn.pattern")
class ArnAccountOfLetters(RewrittenPattern):
    """The account may hold letters."""

    part, rewritten = "(?:[0-9]{12}|aws)", "[0-9a-z]+"


@defect("arn-name-optional", breaks="request.image-pipeline-arn.pattern")
class ArnNameOptional(RewrittenPattern):
    """The pipeline's name may be empty."""

    part, rewritten = "+$", "*$"


@defect("arn-name-with-slashes", breaks="request.image-pipeline-arn.pattern")
class ArnNameWithSlashes(RewrittenPattern):
    """Further path segments may follow the pipeline's name."""

    part, rewritten = "[a-z0-9-_]", "[a-z0-9-_/]"


@defect("arn-name-with-capitals", breaks="request.image-pipeline-arn.pattern")
class ArnNameWithCapitals(RewrittenPattern):
    """The pipeline's name may hold capital letters."""

    part, rewritten = "[a-z0-9-_]", "[A-Za-z0-9-_]"


@defect("arn-name-of-anything", breaks="request.image-pipeline-arn.pattern")
class ArnNameOfAnything(RewrittenPattern):
    """The pipeline's name may hold anything but colons and slashes."""

    part, rewritten = "[a-z0-9-_]", "[^:/]"


@defect("arn-name-of-any-word", breaks="request.image-pipeline-arn.pattern")
class ArnNameOfAnyWord(RewrittenPattern):
    r"""The characters of the pipeline's name are `\w`, which matches letters outside ASCII, and capitals."""

    part, rewritten = "[a-z0-9-_]", r"[\w-]"
    flags = re.UNICODE
