"""Every way in which a body is no JSON object: the table.

A break is a template: `$text` stands for a legal request as JSON, `$token` and `$arn` for its values as JSON strings,
`$bare_token` and `$bare_arn` for what is between their quotes. Breaks that no text can show are functions to bytes.
The first segment of a label tells the family, `top-level` for JSON that is no object.

Beyond dispute is what the conformance tests of the protocol send (Smithy restJson1, RestJsonInvalidJsonBody and
RestJsonTechnicallyValidJsonBody): a body cut short, junk before or behind it, comments, a form feed, single quotes, a
trailing comma, JSON that is no object; and no body at all. RFC 8259 allows a parser all other forms and extensions.
"""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from string import Template
from urllib.parse import urlencode

_MEMBERS = '"clientToken": $token, "imagePipelineArn": $arn'
_ENDING = '{"clientToken": "$bare_token%s", "imagePipelineArn": $arn}'
_EXTRA = '{"clientToken": $token, "imagePipelineArn": $arn, "x": %s}'

TEMPLATES: Mapping[str, str] = {
    "empty": "",
    "blank": " ",
    "blank.lines": "\r\n\t\n",
    "trailing-comma": f"{{{_MEMBERS},}}",
    "single-quotes": "{'clientToken': '$bare_token', 'imagePipelineArn': '$bare_arn'}",
    "single-quotes.names": "{'clientToken': $token, 'imagePipelineArn': $arn}",
    "comment.line": "// a comment\n$text",
    "comment.block": f"{{/* a comment */ {_MEMBERS}}}",
    "comment.trailing": "$text // a comment",
    "truncated.closing-brace": f"{{{_MEMBERS}",
    "truncated.string": '{"clientToken": $token, "imagePipelineArn": "$bare_arn',
    "truncated.value": '{"clientToken": $token, "imagePipelineArn":',
    "truncated.colon": '{"clientToken": $token, "imagePipelineArn"',
    "truncated.name": '{"clientToken": $token, "image',
    "truncated.member": '{"clientToken": $token,',
    "truncated.opening-brace": "{",
    "trailing-junk": "$text junk",
    "trailing-junk.brace": "$text}",
    "trailing-junk.bracket": "$text]",
    "trailing-junk.comma": "$text,",
    "trailing-junk.semicolon": "$text;",
    "trailing-junk.quote": '$text"',
    "leading-junk": "junk $text",
    "leading-junk.guard": ")]}',\n$text",
    "leading-junk.assignment": "x = $text",
    "space.form-feed": f"{{\f{_MEMBERS}}}",
    "top-level.array": "[$text]",
    "top-level.array-empty": "[]",
    "top-level.array-of-values": "[$token, $arn]",
    "top-level.array-of-pairs": '[["clientToken", $token], ["imagePipelineArn", $arn]]',
    "top-level.string": '"x"',
    "top-level.string-empty": '""',
    "top-level.number": "1",
    "top-level.zero": "0",
    "top-level.null": "null",
    "top-level.true": "true",
    "top-level.false": "false",
}

BYTES: Mapping[str, Callable[[str, str], bytes]] = {
    "top-level.string-of-json": lambda token, arn: json.dumps(_text(token, arn)).encode(),
}

# Not JSON by the letter, or JSON whose meaning is open, and in no test of the protocol: sound libraries read some.
DISPUTED_TEMPLATES: Mapping[str, str] = {
    "leading-comma": f"{{,{_MEMBERS}}}",
    "double-comma": '{"clientToken": $token,, "imagePipelineArn": $arn}',
    "missing-comma": '{"clientToken": $token "imagePipelineArn": $arn}',
    "semicolon-for-comma": '{"clientToken": $token; "imagePipelineArn": $arn}',
    "missing-colon": '{"clientToken" $token, "imagePipelineArn": $arn}',
    "equals-for-colon": '{"clientToken"= $token, "imagePipelineArn"= $arn}',
    "arrow-for-colon": '{"clientToken" => $token, "imagePipelineArn" => $arn}',
    "missing-name": '{: $token, "imagePipelineArn": $arn}',
    "missing-value": '{"clientToken": , "imagePipelineArn": $arn}',
    "missing-colon-and-value": '{"clientToken", "imagePipelineArn": $arn}',
    "missing-braces": _MEMBERS,
    "missing-opening-brace": f"{_MEMBERS}}}",
    "brackets-for-braces": f"[{_MEMBERS}]",
    "bracket-for-closing-brace": f"{{{_MEMBERS}]",
    "backticks": "{`clientToken`: `$bare_token`, `imagePipelineArn`: `$bare_arn`}",
    "typographic-quotes": "{\u201cclientToken\u201d: \u201c$bare_token\u201d, \u201cimagePipelineArn\u201d: $arn}",
    "escaped-quotes": r"{\"clientToken\": \"$bare_token\", \"imagePipelineArn\": \"$bare_arn\"}",
    "unquoted-names": "{clientToken: $token, imagePipelineArn: $arn}",
    "unquoted-value": '{"clientToken": $token, "imagePipelineArn": $bare_arn}',
    "comment.hash": "# a comment\n$text",
    "comment.markup": "<!-- a comment -->$text",
    "trailing-junk.nul": "$text\0",
    "trailing-junk.number": "$text 1",
    "leading-junk.nul": "\0$text",
    "parentheses": "($text)",
    "call": "callback($text)",
    "two-objects": "$text$text",
    "two-objects.comma": "$text,$text",
    "two-objects.lines": "$text\n$text\n",
    "record-separator": "\x1e$text\n",
    "control-character.newline": _ENDING % "\n",
    "control-character.tab": _ENDING % "\t",
    "control-character.nul": _ENDING % "\0",
    "control-character.escape": _ENDING % "\x1b",
    "escape.hexadecimal": _ENDING % r"\x41",
    "escape.single-quote": _ENDING % r"\'",
    "escape.letter": _ENDING % r"\a",
    "escape.octal": _ENDING % r"\101",
    "escape.short": _ENDING % r"\u41",
    "escape.not-hexadecimal": _ENDING % r"\u00zz",
    "escape.braces": _ENDING % r"\u{41}",
    "escape.upper-case": _ENDING % r"\U00000041",
    "escape.line-end": _ENDING % "\\\n",
    "escape.outside-string": r"{\u0022clientToken\u0022: $token, \u0022imagePipelineArn\u0022: $arn}",
    "number.leading-zero": _EXTRA % "01",
    "number.plus": _EXTRA % "+1",
    "number.leading-point": _EXTRA % ".5",
    "number.trailing-point": _EXTRA % "1.",
    "number.hexadecimal": _EXTRA % "0x1F",
    "number.empty-exponent": _EXTRA % "1e",
    "number.underscore": _EXTRA % "1_000",
    "number.two-signs": _EXTRA % "--1",
    "number.foreign-digits": _EXTRA % "\u0661",
    "word.python": _EXTRA % "None",
    "word.capitalised": _EXTRA % "True",
    "word.upper-case": _EXTRA % "NULL",
    "word.undefined": _EXTRA % "undefined",
    "word.shortened": _EXTRA % "nul",
    "word.extended": _EXTRA % "truee",
    "word.other": _EXTRA % "yes",
    "space.vertical-tab": f"{{\v{_MEMBERS}}}",
    "space.no-break": f"{{\u00a0{_MEMBERS}}}",
    "space.line-separator": f"{{\u2028{_MEMBERS}}}",
    "space.backslash-n": f"{{\\n{_MEMBERS}}}",
    "word.bare": "hello",
    "format.xml": "<StartImagePipelineExecution><clientToken>$bare_token</clientToken>"
    "<imagePipelineArn>$bare_arn</imagePipelineArn></StartImagePipelineExecution>",
    "format.html": "<!DOCTYPE html><html><body>$bare_token</body></html>",
    "format.yaml": "clientToken: $token\nimagePipelineArn: $arn\n",
    "format.toml": "clientToken = $token\nimagePipelineArn = $arn\n",
    "format.multipart": '--x\r\nContent-Disposition: form-data; name="clientToken"\r\n\r\n$bare_token\r\n--x--\r\n',
    "format.http": "PUT /StartImagePipelineExecution HTTP/1.1\r\n\r\n$text",
    "byte-order-mark": "\ufeff$text",
    "duplicate-member.token": '{"clientToken": $token, "clientToken": "$bare_token-2", "imagePipelineArn": $arn}',
    "duplicate-member.token-same": '{"clientToken": $token, "clientToken": $token, "imagePipelineArn": $arn}',
    "duplicate-member.token-null": '{"clientToken": null, "clientToken": $token, "imagePipelineArn": $arn}',
    "duplicate-member.arn": '{"clientToken": $token, "imagePipelineArn": "$bare_arn-2", "imagePipelineArn": $arn}',
    "word.nan": _EXTRA % "NaN",
    "word.infinity": _EXTRA % "Infinity",
    "word.minus-infinity": _EXTRA % "-Infinity",
    "lone-surrogate.high": _ENDING % r"\ud800",
    "lone-surrogate.low": _ENDING % r"\udc00",
    "lone-surrogate.swapped": _ENDING % r"\udc00\ud800",
}

# RFC 8259 asks for UTF-8 between systems; RFC 4627 had allowed UTF-16 and UTF-32, and Python's json still detects them.
# Bytes that are not UTF-8 some parsers replace.
DISPUTED_BYTES: Mapping[str, Callable[[str, str], bytes]] = {
    "format.form": lambda token, arn: urlencode({"clientToken": token, "imagePipelineArn": arn}).encode(),
    "format.base64": lambda token, arn: base64.b64encode(_text(token, arn).encode()),
    "format.gzip": lambda token, arn: gzip.compress(_text(token, arn).encode(), mtime=0),
    "utf-8.stray-byte": lambda token, arn: _with_bytes(token, arn, b"\xff"),
    "utf-8.stray-continuation": lambda token, arn: _with_bytes(token, arn, b"\x80"),
    "utf-8.cut-sequence": lambda token, arn: _with_bytes(token, arn, b"\xe2\x82"),
    "utf-8.overlong": lambda token, arn: _with_bytes(token, arn, b"\xc1\x81"),
    "utf-8.beyond-unicode": lambda token, arn: _with_bytes(token, arn, b"\xf4\x90\x80\x80"),
    "utf-8.latin-1": lambda token, arn: _with_bytes(token, arn, "caf\u00e9".encode("latin-1")),
    "utf-8.outside-strings": lambda token, arn: _text(token, arn).encode() + b"\xff",
    "utf-8.surrogate": lambda token, arn: _with_bytes(token, arn, b"\xed\xa0\x80"),
    "utf-16": lambda token, arn: _text(token, arn).encode("utf-16"),
    "utf-16.big-endian": lambda token, arn: _text(token, arn).encode("utf-16-be"),
    "utf-16.little-endian": lambda token, arn: _text(token, arn).encode("utf-16-le"),
    "utf-32": lambda token, arn: _text(token, arn).encode("utf-32"),
}


def fill(template: str, token: str, arn: str) -> bytes:
    """A template's body in UTF-8.

    Examples:
        >>> fill("[$token]", "a", "arn:...")
        b'["a"]'
    """
    quoted_token, quoted_arn = json.dumps(token, ensure_ascii=False), json.dumps(arn, ensure_ascii=False)
    filled = Template(template).substitute(
        text=_text(token, arn),
        token=quoted_token,
        arn=quoted_arn,
        bare_token=quoted_token[1:-1],
        bare_arn=quoted_arn[1:-1],
    )
    return filled.encode()


def _text(token: str, arn: str) -> str:
    return json.dumps({"clientToken": token, "imagePipelineArn": arn}, ensure_ascii=False)


def _with_bytes(token: str, arn: str, intruders: bytes) -> bytes:
    """The request with these bytes at the end of its token, before the closing quote."""
    head, tail = f'{{"clientToken": {json.dumps(token)}'[:-1], f'", "imagePipelineArn": {json.dumps(arn)}}}'
    return head.encode() + intruders + tail.encode()
