"""The bodies of recorded messages, back from their records."""

import base64
import zlib

from imagebuilder_reports.errors import MisfitError
from imagebuilder_reports.events import Body

LONGEST = 16 * 1024 * 1024
"""How many bytes the body of a message may have."""


def body_bytes(body: Body) -> bytes:
    """The bytes of a recorded message; a compressed one never unfolds to more than the record says it has.

    Of one that is cut it is the beginning.

    Raises:
        MisfitError: The record is damaged, or says that it has more bytes than any message of a run.
    """
    if body.size > LONGEST:
        raise MisfitError(f"a recorded body is damaged: it claims {body.size:,} bytes, and {LONGEST:,} are the most")
    try:
        if body.encoding == "text":
            return body.data.encode("utf-8")
        content = base64.b64decode(body.data, validate=True)
        return content if body.encoding == "base64" else zlib.decompressobj().decompress(content, max(body.size, 1))
    except (ValueError, zlib.error) as error:
        raise MisfitError(f"a recorded body is damaged: {error}") from error
