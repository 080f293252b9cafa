"""Defects in what makes two client tokens the same: tokens are folded before they are compared, or matched.

Those that a substitution can show are rows of `folds.toml`.
"""

import fnmatch
import re
import tomllib
from collections.abc import Hashable
from importlib.resources import files
from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest


class Folded(Behaviour):
    """Tokens are folded before they are compared."""

    def fold(self, token: str) -> Hashable:
        """What is compared in the place of a token."""
        raise NotImplementedError

    def token_key(self, call: Call, request: StartRequest) -> Hashable:  # noqa: ARG002 - a step keeps its parameters
        """Fold the token."""
        return self.fold(request.client_token)


class _Substituted(Folded):
    """Tokens are compared after a substitution, but where it leaves nothing of one."""

    substituted: ClassVar[re.Pattern[str]]
    replacement: ClassVar[str]

    def fold(self, token: str) -> Hashable:
        """Substitute."""
        return self.substituted.sub(self.replacement, token) or token


def _register_rows() -> None:
    rows = tomllib.loads((files(__package__ or "") / "folds.toml").read_text(encoding="utf-8"))
    for name, row in rows.items():
        members = {
            "__doc__": row["sentence"],
            "__module__": __name__,
            "substituted": re.compile(row["find"], re.DOTALL),
            "replacement": row["by"],
        }
        made = type("".join(part.capitalize() for part in ("token", *name.split("-"))), (_Substituted,), members)
        defect(f"token-{name}", breaks=row["breaks"], thorough=row.get("thorough", False))(made)


_register_rows()


@defect("token-hash-by-31-believed", breaks="idempotency.token.distinct")
class TokenHashBy31Believed(Folded):
    """Tokens with the same hash of 32 bits are the same token, and each character weighs 31 times the next one."""

    def fold(self, token: str) -> Hashable:
        """The hash of Java's strings."""
        hashed = 0
        for unit in token.encode("utf-16-le")[::2]:
            hashed = (31 * hashed + unit) % 2**32
        return hashed


class Matched(Behaviour):
    """A token is looked up as a pattern."""

    def pattern(self, token: str) -> re.Pattern[str]:
        """What the tokens that are there already are held against."""
        raise NotImplementedError

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """The execution of the token itself, or else the first one whose token matches."""
        matches = self.pattern(request.client_token).fullmatch
        found = (kept for token, kept in self.store.executions.items() if isinstance(token, str) and matches(token))
        return super().recall(call, request) or next(found, None)


@defect("token-matched-as-glob", breaks="idempotency.token.distinct")
class TokenMatchedAsGlob(Matched):
    """A token is looked up as a pattern of the shell, as by KEYS or GLOB, or among names of files."""

    def pattern(self, token: str) -> re.Pattern[str]:
        """With `*`, `?` and `[…]`."""
        return re.compile(fnmatch.translate(token))


@defect("token-matched-by-like", breaks="idempotency.token.distinct")
class TokenMatchedByLike(Matched):
    """A token is looked up with LIKE where `=` is meant."""

    def pattern(self, token: str) -> re.Pattern[str]:
        """With `%` and `_`."""
        signs = {"%": ".*", "_": "."}
        return re.compile("".join(signs.get(each, re.escape(each)) for each in token), re.DOTALL)


@defect("token-matched-by-one-of-a-set", breaks="idempotency.token.distinct", thorough=True)
class TokenMatchedByOneOfASet(Matched):
    """Brackets in a token match one of the characters inside them, as in the WHERE of some databases."""

    def pattern(self, token: str) -> re.Pattern[str]:
        """With `[…]`."""
        return re.compile(re.sub(r"\\\[([^\]]*)\\\]", r"[\1]", re.escape(token)), re.DOTALL)


@defect("token-matched-by-any-character", breaks="idempotency.token.distinct", thorough=True)
class TokenMatchedByAnyCharacter(Matched):
    """A question mark in a token matches any character."""

    def pattern(self, token: str) -> re.Pattern[str]:
        """With `?`."""
        return re.compile(re.escape(token).replace(r"\?", "."), re.DOTALL)


_INHERITED = frozenset({"__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"})


@defect("token-names-crash", breaks="idempotency.token.names")
class TokenNamesCrash(Behaviour):
    """Tokens are the members of a plain object of JavaScript, and what each such object has is no record."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Take for a record what is none."""
        if request.client_token in _INHERITED:
            raise crash()
        return super().recall(call, request)


@defect("token-names-taken-for-used", breaks="idempotency.token.names")
class TokenNamesTakenForUsed(Behaviour):
    """Tokens are the members of a plain object of JavaScript, and what each such object has names no pipeline."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Compare the pipeline with none."""
        if request.client_token in _INHERITED:
            raise self.mismatch()
        return super().recall(call, request)


@defect("token-values-read", breaks="idempotency.token.names", thorough=True)
class TokenValuesRead(Folded):
    """Tokens that spell no value, as null and NaN, are read as such: all of them are one."""

    def fold(self, token: str) -> Hashable:
        """Without value, or the token."""
        return None if token in {"null", "undefined", "NaN", "None"} else token


@defect("token-values-share-image", breaks="idempotency.token.distinct", thorough=True)
class TokenValuesShareImage(TokenValuesRead):
    """Tokens that spell no value are read as such, and the token is not among what is compared besides."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Whether the pipelines do."""
        return request.pipeline_arn != first.pipeline_arn
