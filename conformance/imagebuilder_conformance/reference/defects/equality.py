"""Defects in what makes two client tokens the same."""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Hashable
from uuid import UUID

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.folding import Folded
from imagebuilder_conformance.reference.defects.registry import CURRENT, defect
from imagebuilder_conformance.reference.messages import Call, StartRequest
from imagebuilder_spec import DEFAULT_REVISION, load_contract


@defect("token-case-ignored", breaks="idempotency.token.case-sensitive")
class TokenCaseIgnored(Folded):
    """Tokens that differ in case only are the same token."""

    def fold(self, token: str) -> Hashable:
        """In lower case."""
        return token.lower()


@defect("token-case-ignored-in-first-letter", breaks="idempotency.token.case-sensitive")
class TokenCaseIgnoredInFirstLetter(Folded):
    """Tokens are compared with their first letter in lower case, as if they were names of members."""

    def fold(self, token: str) -> Hashable:
        """First letter in lower case."""
        return token[:1].lower() + token[1:]


@defect("token-stripped", breaks="idempotency.token.blanks")
class TokenStripped(Folded):
    """Tokens are compared without the blanks around them."""

    def fold(self, token: str) -> Hashable:
        """Without the blanks around it; a token of blanks alone stays."""
        return token.strip() or token


@defect("token-trailing-blanks-ignored", breaks="idempotency.token.blanks")
class TokenTrailingBlanksIgnored(Folded):
    """Tokens are compared without the blanks after them, as in a CHAR column."""

    def fold(self, token: str) -> Hashable:
        """Without the blanks after it."""
        return token.rstrip(" ") or token


@defect("token-blanks-collapsed", breaks="idempotency.token.blanks")
class TokenBlanksCollapsed(Folded):
    """Tokens are compared with each run of blanks inside them as one blank, as HTML does."""

    def fold(self, token: str) -> Hashable:
        """Each run of blanks as one."""
        return re.sub(r"\s+", " ", token)


@defect("token-first-32-compared", breaks="idempotency.token.compared-whole")
class TokenFirst32Compared(Folded):
    """Only the first 32 characters of a token are compared: its column is as wide as a UUID without hyphens."""

    def fold(self, token: str) -> Hashable:
        """The first 32 characters."""
        return token[:32]


@defect("token-last-character-ignored", breaks="idempotency.token.compared-whole")
class TokenLastCharacterIgnored(Folded):
    """A token at its maximum length is compared without its last character: a buffer is one too short."""

    def fold(self, token: str) -> Hashable:
        """All that fits into the buffer."""
        return token[: self.settings.contract.token_lengths.stop - 2]


@defect("token-cut-to-the-old-limit", breaks="idempotency.token.compared-whole", revision=CURRENT)
class TokenCutToTheOldLimit(Folded):
    """Only as many characters of a token are compared as it might have before: its column was not widened."""

    def fold(self, token: str) -> Hashable:
        """What fits into the column."""
        return token[: load_contract(DEFAULT_REVISION).token_lengths.stop - 1]


@defect("token-first-character-ignored", breaks="idempotency.token.compared-whole")
class TokenFirstCharacterIgnored(Folded):
    """Tokens are compared from their second character on, but for those of one character."""

    def fold(self, token: str) -> Hashable:
        """From the second character on."""
        return token[1:] or token


@defect("token-normalised", breaks="idempotency.token.unicode")
class TokenNormalised(Folded):
    """Tokens are compared in the Unicode normal form NFC."""

    def fold(self, token: str) -> Hashable:
        """In NFC."""
        return unicodedata.normalize("NFC", token)


@defect("token-compatibility-normalised", breaks="idempotency.token.unicode")
class TokenCompatibilityNormalised(Folded):
    """Tokens are compared in the Unicode normal form NFKC, where full-width letters are plain ones."""

    def fold(self, token: str) -> Hashable:
        """In NFKC."""
        return unicodedata.normalize("NFKC", token)


@defect("token-accents-dropped", breaks="idempotency.token.unicode")
class TokenAccentsDropped(Folded):
    """Tokens are compared without their accents, as many a database does by default."""

    def fold(self, token: str) -> Hashable:
        """Without combining marks."""
        return "".join(c for c in unicodedata.normalize("NFD", token) if not unicodedata.combining(c))


@defect("token-non-ascii-replaced", breaks="idempotency.token.unicode")
class TokenNonAsciiReplaced(Folded):
    """Characters outside ASCII are stored as question marks, so tokens that differ in them are the same."""

    def fold(self, token: str) -> Hashable:
        """As an ASCII column holds it."""
        return token.encode("ascii", "replace")


@defect("token-hash-believed", breaks="idempotency.token.distinct")
class TokenHashBelieved(Folded):
    """Tokens with the same hash are the same token, and there are only sixteen hashes."""

    def fold(self, token: str) -> Hashable:
        """A slot of a small table."""
        return zlib.crc32(token.encode()) % 16


@defect("token-hash-of-one-byte-believed", breaks="idempotency.token.distinct")
class TokenHashOfOneByteBelieved(Folded):
    """Tokens are told apart by one byte of their hash, which two unlike tokens share now and then."""

    def fold(self, token: str) -> Hashable:
        """The first byte."""
        return hashlib.sha256(token.encode()).digest()[0]


@defect("token-read-as-uuid", breaks="idempotency.token.distinct")
class TokenReadAsUuid(Folded):
    """Tokens that spell a UUID are compared as UUIDs, without regard to case and hyphens."""

    def fold(self, token: str) -> Hashable:
        """The UUID, or the token where it is none."""
        try:
            return UUID(token)
        except ValueError:
            return token


@defect("token-read-as-number", breaks="idempotency.token.distinct")
class TokenReadAsNumber(Folded):
    """Tokens of digits are compared as numbers, as in a column of the type STRING in SQLite."""

    def fold(self, token: str) -> Hashable:
        """The number, or the token where it is none."""
        return int(token) if token.isascii() and token.isdigit() else token


@defect("token-cut-at-semicolon", breaks="idempotency.token.distinct")
class TokenCutAtSemicolon(Folded):
    """A token ends at its first semicolon, as the value of a header or a cookie does."""

    def fold(self, token: str) -> Hashable:
        """What is before the semicolon."""
        return token.partition(";")[0]


@defect("token-as-file-name", breaks="idempotency.token.distinct")
class TokenAsFileName(Folded):
    """Tokens are the names of files, and what may not stand in one is replaced."""

    def fold(self, token: str) -> Hashable:
        """With underscores in the place of what file systems refuse."""
        return re.sub(r'[<>:"/\\|?*]', "_", token)


@defect("token-length-compared", breaks="idempotency.token.distinct")
class TokenLengthCompared(Folded):
    """Tokens of the same length are the same token: a comparison of strings stops too early."""

    def fold(self, token: str) -> Hashable:
        """Its length."""
        return len(token)


@defect("token-compared-as-written", breaks="idempotency.replay.encoding")
class TokenComparedAsWritten(Behaviour):
    """Tokens are compared as they stand in the body, before JSON escapes are resolved."""

    literal = re.compile(rb'"clientToken"\s*:\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """The bytes of the string literal."""
        found = self.literal.search(call.body)
        return found[1] if found else request.client_token
