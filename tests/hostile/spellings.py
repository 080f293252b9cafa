"""The ways in which a target may write a secret into its answer, each of which SECURITY.md promises to find."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote


def _each(form: str) -> Callable[[str], str]:
    return lambda secret: "".join(form.format(ord(char)) for char in secret)


def _base64_after(before: bytes, encode: Callable[[bytes], bytes]) -> Callable[[str], str]:
    """The secret in the middle of something longer that is encoded as a whole."""
    return lambda secret: encode(before + secret.encode() + b" and more").decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "upper case": str.upper,
    "lower case": str.lower,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON with escaped slashes": lambda secret: secret.replace("/", "\\/"),
    "JSON escapes": _each("\\u{:04x}"),
    "JSON escapes in upper case": _each("\\u{:04X}"),
    "JSON escapes of some": lambda secret: secret.replace("=", "\\u003d").replace("+", "\\u002B"),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret.replace("/", "\\/"))),
    "JavaScript escapes": _each("\\x{:02x}"),
    "JavaScript code points": _each("\\u{{{:x}}}"),
    "percent": lambda secret: quote(secret, safe=""),
    "percent but for slashes": quote,
    "percent in lower case": lambda secret: quote(secret, safe="").replace("%2F", "%2f").replace("%3D", "%3d"),
    "percent of all": _each("%{:02x}"),
    "percent twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "HTML": html.escape,
    "HTML decimal": _each("&#{};"),
    "HTML decimal with zeros": _each("&#{:05};"),
    "HTML hexadecimal": _each("&#x{:X};"),
    "HTML names": lambda secret: secret.replace("/", "&sol;").replace("+", "&plus;").replace("=", "&equals;"),
    "HTML twice": lambda secret: html.escape("".join(f"&#{ord(char)};" for char in secret)),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "hexadecimal in upper case": lambda secret: secret.encode().hex().upper(),
    "base64": _base64_after(b"", base64.b64encode),
    "base64 after one": _base64_after(b"x", base64.b64encode),
    "base64 after two": _base64_after(b"xy", base64.b64encode),
    "base64 for URLs": _base64_after(b"xyz", base64.urlsafe_b64encode),
    "base64 in a URL": lambda secret: quote(base64.b64encode(secret.encode()), safe=""),
}
