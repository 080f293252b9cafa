"""Defects in what a client token may be."""

import json
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import MeasuredTokens, crash
from imagebuilder_conformance.reference.defects.registry import CURRENT, defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_spec import DEFAULT_REVISION, load_contract

# What a token may be


@defect("token-optional", breaks="request.client-token.required")
class TokenOptional(Behaviour):
    """A request without a token gets one made up, as an SDK does for its callers."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Fill in what is missing."""
        return super().members({"clientToken": str(uuid.uuid4()), **document})


@defect("token-null-accepted", breaks="request.client-token.null")
class TokenNullAccepted(Behaviour):
    """A token that is null passes as the text "null"."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Stringify null."""
        if "clientToken" in document and document["clientToken"] is None:
            return super().members({**document, "clientToken": "null"})
        return super().members(document)


class _Stringified(Behaviour):
    """A token of some other type is turned into a string."""

    types: tuple[type, ...] = ()

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Turn the token into a string."""
        members = super().members(document)
        token = members.get("clientToken")
        if isinstance(token, self.types):
            members["clientToken"] = f"{token:g}" if isinstance(token, float) else json.dumps(token)
        return members


@defect("token-number-accepted", breaks="request.client-token.type")
class TokenNumberAccepted(_Stringified):
    """A token that is a number is turned into a string."""

    types = (float,)


@defect("token-any-type-accepted", breaks="request.client-token.type")
class TokenAnyTypeAccepted(_Stringified):
    """A token of any type is turned into a string: numbers, booleans, arrays and objects."""

    types = (float, bool, list, dict)


@defect("token-list-unwrapped", breaks="request.client-token.type")
class TokenListUnwrapped(Behaviour):
    """A list with one token in it passes as that token, as form parsers do."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Take the only element of a list."""
        members = super().members(document)
        match members.get("clientToken"):
            case [str(token)]:
                members["clientToken"] = token
        return members


@defect("token-empty-accepted", breaks="request.client-token.min-length")
class TokenEmptyAccepted(MeasuredTokens):
    """The empty token is accepted."""

    def limits(self) -> range:
        """From zero on."""
        return range(super().limits().stop)


@defect("token-single-character-refused", breaks="request.client-token.min-length")
class TokenSingleCharacterRefused(MeasuredTokens):
    """A token must be longer than its minimum length, not as long."""

    def limits(self) -> range:
        """One too late."""
        return range(super().limits().start + 1, super().limits().stop)


@defect("token-one-too-long-accepted", breaks="request.client-token.max-length")
class TokenOneTooLongAccepted(MeasuredTokens):
    """A token may be one character longer than its maximum length."""

    def limits(self) -> range:
        """One too far."""
        return range(super().limits().start, super().limits().stop + 1)


@defect("token-at-limit-refused", breaks="request.client-token.max-length")
class TokenAtLimitRefused(MeasuredTokens):
    """A token must be shorter than its maximum length, not as long."""

    def limits(self) -> range:
        """One too early."""
        return range(super().limits().start, super().limits().stop - 1)


@defect("token-unbounded", breaks="request.client-token.max-length")
class TokenUnbounded(MeasuredTokens):
    """A token may have any length."""

    def limits(self) -> range:
        """No maximum."""
        return range(super().limits().start, 2**31)


@defect("token-cut-to-length", breaks="request.client-token.max-length")
class TokenCutToLength(Behaviour):
    """A token that is too long is cut to its maximum length and accepted."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Cut the token."""
        members = super().members(document)
        token = members.get("clientToken")
        if isinstance(token, str):
            members["clientToken"] = token[: self.settings.contract.token_lengths.stop - 1]
        return members


@defect("token-limit-outdated", breaks="request.client-token.max-length", revision=CURRENT)
class TokenLimitOutdated(MeasuredTokens):
    """A token may not be longer than it might be before the contract moved."""

    def limits(self) -> range:
        """The limit of before."""
        return load_contract(DEFAULT_REVISION).token_lengths


@defect("token-one-beyond-new-limit-accepted", breaks="request.client-token.max-length", revision=CURRENT)
class TokenOneBeyondNewLimitAccepted(TokenOneTooLongAccepted):
    """A token may be one character longer than the new limit."""


@defect("token-at-new-limit-refused", breaks="request.client-token.max-length", revision=CURRENT)
class TokenAtNewLimitRefused(TokenAtLimitRefused):
    """A token must be shorter than the new limit, not as long."""


@defect("token-length-in-bytes", breaks="request.client-token.code-points")
class TokenLengthInBytes(MeasuredTokens):
    """The length of a token counts the bytes of its UTF-8."""

    def measure(self, token: str) -> int:
        """Count bytes."""
        return len(token.encode())


@defect("token-length-in-utf16-units", breaks="request.client-token.code-points")
class TokenLengthInUtf16Units(MeasuredTokens):
    """The length of a token counts UTF-16 units, as in Java and JavaScript."""

    def measure(self, token: str) -> int:
        """Count UTF-16 units."""
        return len(token.encode("utf-16-le")) // 2


@defect("token-without-marks-measured", breaks="request.client-token.code-points")
class TokenWithoutMarksMeasured(MeasuredTokens):
    """The length of a token counts what a reader sees: combining marks are not counted."""

    def measure(self, token: str) -> int:
        """Count letters with their marks."""
        return sum(not unicodedata.combining(character) for character in token)


class _Restricted(Behaviour):
    """Tokens must match a pattern that nobody published."""

    pattern = re.compile("")

    def token_breach(self, value: Any) -> str | None:
        """Hold the token against the pattern."""
        if isinstance(value, str) and value and not self.pattern.fullmatch(value):
            return "clientToken holds a character that is not accepted"
        return super().token_breach(value)


@defect("token-word-characters-only", breaks="request.client-token.characters")
class TokenWordCharactersOnly(_Restricted):
    """A token may hold letters, digits, hyphens and underscores only."""

    pattern = re.compile(r"[\w-]+")


@defect("token-blanks-refused", breaks="request.client-token.characters")
class TokenBlanksRefused(_Restricted):
    """A token may not hold blanks."""

    pattern = re.compile(r"\S+")


@defect("token-of-blanks-refused", breaks="request.client-token.characters")
class TokenOfBlanksRefused(_Restricted):
    """A token may not hold blanks alone, as validators say `not blank` where `not empty` is meant."""

    pattern = re.compile(r".*\S.*", re.DOTALL)


@defect("token-quotes-refused", breaks="request.client-token.characters")
class TokenQuotesRefused(_Restricted):
    """A token may not hold quotes, backslashes or semicolons, which is how somebody keeps SQL out."""

    pattern = re.compile(r"""[^"'`\\;]+""")


@defect("token-non-ascii-crashes", breaks="request.client-token.outside-ascii")
class TokenNonAsciiCrashes(Behaviour):
    """A token with a character outside ASCII ends in a server error."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Fail where an encoder would."""
        super().validate(parameters)
        if not parameters["clientToken"].isascii():
            raise Fault("ServiceException", "'ascii' codec can't encode character")


@defect("token-with-controls-crashes", breaks="request.legal.server-error")
class TokenWithControlsCrashes(Behaviour):
    """A token with a control character can't be written where it is stored."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Fail."""
        if any(ord(character) < ord(" ") for character in request.client_token):
            raise crash()
        return super().recall(call, request)
