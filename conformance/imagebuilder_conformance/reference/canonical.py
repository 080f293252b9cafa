"""The texts that a signature of Signature Version 4 may cover, and the signature of a text.

Written from the published algorithm ("Create a signed AWS API request" in the IAM User Guide) and not with a
client's signer, so that a fault of a signer is not mirrored here.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterator
from itertools import product
from urllib.parse import quote, unquote_to_bytes

from imagebuilder_conformance.reference.authorization import ALGORITHM, Authorization
from imagebuilder_conformance.reference.messages import Call


def canonical_requests(call: Call, authorization: Authorization, body_hash: str) -> Iterator[bytes]:
    """The texts that a signature may cover, the usual one first.

    They differ in the path, which some clients sign as they send it, and in a session token in the query string, which
    may be added once the request is signed.
    """
    omissions: list[frozenset[str]] = [frozenset()]
    if authorization.presigned:
        omissions = [frozenset({"X-Amz-Signature"})]
        if authorization.session_token is not None:
            omissions.append(omissions[0] | {"X-Amz-Security-Token"})
    # Without repetition: most paths have one form.
    paths = dict.fromkeys([_normalized(call.path), call.path])
    for path, omitted in product(paths, omissions):
        lines = [
            call.method.encode(),
            # Encoded once more than it was sent: every service but S3 does so.
            quote(path, safe="/-_.~").encode(),
            _query(call.query, omitted).encode(),
            *(name.encode() + b":" + _value(call, name) for name in authorization.signed_headers),
            b"",
            ";".join(authorization.signed_headers).encode(),
            body_hash.encode(),
        ]
        yield b"\n".join(lines)


def sign(secret: str, authorization: Authorization, canonical: bytes) -> str:
    """The signature of a canonical request, in hexadecimal digits."""
    digest = hashlib.sha256(canonical).hexdigest()
    text = "\n".join([ALGORITHM, authorization.timestamp, authorization.scope, digest])
    key = f"AWS4{secret}".encode()
    for part in authorization.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _normalized(path: str) -> str:
    """The path without empty and dotted segments."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    # A path that ends with a slash keeps it, unless nothing else is left.
    end = "/" if segments and path.endswith("/") else ""
    return f"/{'/'.join(segments)}{end}"


def _query(query: str, omitted: Collection[str]) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    encoded = sorted((_encode(name), _encode(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded if name not in omitted)


def _encode(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")


def _value(call: Call, name: str) -> bytes:
    """The values of a header in the order in which they came, with no blanks around them and single ones inside.

    Headers are bytes: what was decoded as Latin-1 is encoded so again, and only blanks of ASCII are blanks, or the
    second byte of a letter in UTF-8 would pass for one.
    """
    return b",".join(b" ".join(value.encode("latin-1").split()) for value in call.headers.getlist(name))
