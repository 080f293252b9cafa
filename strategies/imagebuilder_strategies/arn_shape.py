"""The components of an ARN, and what the contract's pattern says about each of them.

The pattern is the only rule: it is taken apart at its colons and slashes, and its parts are asked which candidates
they accept. So another revision's pattern needs no change here.
"""

import re
from dataclasses import dataclass, fields
from functools import cache

from imagebuilder_spec import compile_pattern
from imagebuilder_strategies.alphabets import PRINTABLE

# A class, a group or an escape is one piece, so that the colons of `[^:]+` and `(?:…)` divide nothing.
_PIECES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?:\[(?:\\.|[^\]\\])*\]|[^)\[])*\)|.")
_MOST_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Arn:
    """The text of an ARN in its components, or a pattern for each of them.

    Examples:
        >>> Arn.parse("arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly").name
        'nightly'
    """

    scheme: str
    partition: str
    service: str
    region: str
    account: str
    kind: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Arn":
        """Take an ARN apart; `name` is all that follows the first slash.

        Raises:
            ValueError: If the text has not the six parts of an ARN, the last with a slash.
        """
        parts = text.split(":", 5)
        if len(parts) != 6 or "/" not in parts[-1]:
            raise ValueError(f"expected an ARN that ends in :type/name, got {text!r}")
        scheme, partition, service, region, account, resource = parts
        kind, _, name = resource.partition("/")
        return cls(scheme, partition, service, region, account, kind, name)

    def __str__(self) -> str:
        head = (self.scheme, self.partition, self.service, self.region, self.account)
        return f"{':'.join(head)}:{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class ArnShape:
    """A pattern for ARNs (ECMA-262), whole and by component."""

    pattern: str
    components: Arn

    def allows(self, text: str) -> bool:
        """Whether the whole pattern accepts the text."""
        return compile_pattern(self.pattern).search(text) is not None

    def allows_component(self, component: str, text: str) -> bool:
        """Whether a component's part of the pattern accepts the text."""
        return compile_pattern(getattr(self.components, component)).fullmatch(text) is not None

    def broken_components(self, arn: Arn) -> tuple[str, ...]:
        """The components of an ARN that their parts of the pattern refuse."""
        return tuple(
            field.name for field in fields(Arn) if not self.allows_component(field.name, getattr(arn, field.name))
        )

    def alphabet(self, component: str) -> str:
        """The printable ASCII characters that a component may consist of."""
        return "".join(character for character in PRINTABLE if self.allows_component(component, character))

    @property
    def account_digits(self) -> int:
        """How many digits an account has."""
        return next(size for size in range(1, _MOST_DIGITS) if self.allows_component("account", "1" * size))


@cache
def arn_shape(pattern: str) -> ArnShape:
    """Take a pattern for ARNs apart.

    Raises:
        ValueError: If the pattern is not anchored or has not the components of an ARN.

    Examples:
        >>> arn_shape("^arn:aws[^:]*:s:[^:]+:(?:[0-9]{12}|aws):kind/[a-z]+$").components.account
        '(?:[0-9]{12}|aws)'
    """
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ValueError(f"expected an ARN pattern between ^ and $, got {pattern!r}")
    parts = _split(pattern[1:-1], ":")
    kind, *names = _split(parts[-1], "/")
    if len(parts) != 6 or not names:
        raise ValueError(f"expected a pattern of an ARN that ends in :type/name, got {pattern!r}")
    scheme, partition, service, region, account, _ = parts
    return ArnShape(pattern, Arn(scheme, partition, service, region, account, kind, "/".join(names)))


def _split(pattern: str, separator: str) -> list[str]:
    parts = [""]
    for piece in _PIECES.findall(pattern):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
