"""Bodies that are not JSON, and which of them nobody may accept.

RFC 8259 lets a parser accept forms that are not JSON, and sound libraries do: raw control characters, unquoted names,
another value behind the first. Beyond dispute is only what the protocol's own tests send (Smithy restJson1,
RestJsonInvalidJsonBody): a body cut short, junk, comments, a form feed, single quotes, a trailing comma.
"""

import json
import re

_BLANKS = " \t\r\n"
# A word, or an assignment to one.
_JUNK = re.compile(r"[\w =]+")


def is_beyond_dispute(error: json.JSONDecodeError) -> bool:
    """Whether the first thing that keeps a body from being JSON is one that the protocol's tests send.

    What comes before it was read well; so whoever accepts the body accepts this.
    """
    text, place = error.doc, error.pos
    found = text[place:]
    if error.msg.startswith("Invalid control character"):
        # Within a string many parsers take them.
        return False
    if error.msg.startswith("Extra data"):
        return text.lstrip(_BLANKS).startswith("{") and not _is_another_value(found.lstrip(_BLANKS))
    return (
        not found.strip(_BLANKS + "[{")
        or error.msg.startswith("Unterminated string")
        or found.startswith(("//", "/*", "\f", "'"))
        or _is_after_comma(text, place)
        or _is_junk_before_an_object(text)
    )


def _is_another_value(text: str) -> bool:
    """Whether a text is one more JSON value, behind a comma or not, or only NUL, at which a string ends in C."""
    if not text.strip("\0" + _BLANKS):
        return True
    try:
        json.JSONDecoder().raw_decode(text.removeprefix(",").lstrip(_BLANKS))
    except (ValueError, RecursionError):
        return False
    return True


def _is_after_comma(text: str, place: int) -> bool:
    """Whether a comma stands before the end of an object or array. Python points at it since 3.13, else at the end."""
    comma = place if text[place] == "," else len(text[:place].rstrip(_BLANKS)) - 1
    return text[comma : comma + 1] == "," and text[comma + 1 :].lstrip(_BLANKS).startswith(("}", "]"))


def _is_junk_before_an_object(text: str) -> bool:
    junk, brace, _ = text.lstrip(_BLANKS).partition("{")
    if not brace or not _JUNK.fullmatch(junk):
        return False
    try:
        json.loads(text[text.index("{") :])
    except (ValueError, RecursionError):
        return False
    return True
