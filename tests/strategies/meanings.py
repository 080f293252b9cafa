"""What the labels say, told a second time and independently: by what a mistaken reader would have to do."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.strategies.drawing import Oracle, strictly_read

# Where each component lies in an ARN.
_PLACES = {"scheme": 0, "partition": 1, "service": 2, "region": 3, "account": 4, "resource-type": 5, "name": 6}

TOKENS: Mapping[str, Callable[[str, int], bool]] = {
    "token.too-long.by-two": lambda token, longest: len(token) == longest + 2,
    "token.too-long.twice": lambda token, longest: len(token) == 2 * longest,
    "token.too-long.only-blanks": lambda token, _: not token.strip(),
    "token.too-long.leading-blanks": lambda token, longest: token[0] == " " and len(token.lstrip()) <= longest,
    "token.too-long.trailing-blanks": lambda token, longest: token[-1] == " " and len(token.rstrip()) <= longest,
    "token.too-long.trailing-newline": lambda token, longest: len(token.removesuffix("\n")) == longest,
    "token.too-long.combining": lambda token, longest: len(unicodedata.normalize("NFC", token)) <= longest,
    "token.too-long.latin": lambda token, longest: token.isprintable() and len(token.encode("latin-1")) == longest + 1,
    "token.too-long.astral": lambda token, longest: max(token) > "\uffff" and len(token) == longest + 1,
    "token.too-long.zero-width": lambda token, longest: len(token.replace("\u200b", "")) <= longest,
    "token.too-long.non-ascii": lambda token, _: not token.isascii(),
}


def _to_ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


# What a reader does that takes the broken ARN for the sound one.
_FORGIVING: Mapping[str, Callable[[str], str]] = {
    "upper-case": str.lower,
    "capitalised": str.lower,
    "mixed-case": str.lower,
    "leading-blank": lambda text: text.replace(" ", ""),
    "trailing-blank": lambda text: text.replace(" ", ""),
    "trailing-newline": lambda text: text.replace("\n", ""),
    "trailing-newlines": lambda text: text.replace("\n", ""),
    "trailing-tab": str.strip,
    "trailing-carriage-return": str.strip,
    "trailing-line-end": str.strip,
    "trailing-next-line": str.strip,
    "trailing-line-separator": str.strip,
    "trailing-no-break-space": str.strip,
    "leading-newline": lambda text: text.replace("\n", ""),
    "leading-tab": str.strip,
    "trailing-nul": lambda text: text.replace("\0", ""),
    "leading-nul": lambda text: text.replace("\0", ""),
    "trailing-zero-width": lambda text: text.replace("\u200b", ""),
    "leading-zero-width": lambda text: text.replace("\u200b", ""),
    "leading-byte-order-mark": lambda text: text.replace("\ufeff", ""),
    "trailing-byte-order-mark": lambda text: text.replace("\ufeff", ""),
    "trailing-slash": lambda text: text.rstrip("/"),
    "percent-encoded": unquote,
    "full-width": lambda text: unicodedata.normalize("NFKC", text),
    "full-width-digits": lambda text: unicodedata.normalize("NFKC", text),
    "mathematical-digits": lambda text: unicodedata.normalize("NFKC", text),
    "superscript-digit": lambda text: unicodedata.normalize("NFKC", text),
    "arabic-indic-digits": _to_ascii_digits,
    "foreign-digits": _to_ascii_digits,
    "surrounding-blanks": str.strip,
    "surrounding-quotes": lambda text: text.strip('"'),
    "slashes-for-colons": lambda text: text.replace("/", ":", 5),
    "dots-for-colons": lambda text: text.replace(".", ":"),
    "colons-full-width": lambda text: unicodedata.normalize("NFKC", text),
    "slash-full-width": lambda text: unicodedata.normalize("NFKC", text),
    "colon-for-slash": lambda text: re.sub(r":(?=[^:]*$)", "/", text),
    "backslash-for-slash": lambda text: text.replace("\\", "/"),
    "backwards": lambda text: text[::-1],
    "path-to-itself": lambda text: text.replace("/./", "/"),
    "path-traversal": lambda text: text.replace("/../image-pipeline", ""),
    "percent-encoded-newline": lambda text: unquote(text).strip(),
}


def token_label_holds(label: str, token: str, longest: int) -> bool:
    """Whether a token is broken as its label says."""
    if label == "token.empty":
        return token == ""
    if label in TOKENS and not TOKENS[label](token, longest):
        return False
    size = re.fullmatch(r"token\.too-long\.([0-9]+)", label)
    return label.startswith("token.too-long") and len(token) > longest and (not size or len(token) == int(size[1]))


def arn_label_holds(label: str, text: str, sound: str) -> bool:
    """Whether a text that was made from a sound ARN is broken as its label says, and nowhere else."""
    _, first, *rest = label.split(".")
    kind = rest[-1] if rest else first
    if first in _PLACES and kind != "missing" and not _only_changed(first, text, sound):
        return False
    if kind in _FORGIVING and not (first == "account" and "aws" in rest):
        changed = _FORGIVING[kind]
        if changed(text) != sound and not (kind == "superscript-digit" and changed(text)[:43] == sound[:43]):
            return False
    digits = re.fullmatch(r"arn\.account\.(one|eleven|thirteen)-digits?", label)
    if digits:
        account = text.split(":")[4]
        return account.isascii() and account.isdecimal() and len(account) == {"o": 1, "e": 11, "t": 13}[digits[1][0]]
    if kind in ("missing", "empty") and first in _PLACES:
        return len(text) < len(sound)
    return True


def request_label_holds(label: str, request: dict[str, Any], oracle: Oracle) -> bool:
    """Whether a request breaks the member that its label names, as it says, and not the other."""
    stem, kind, *_ = label.split(".")
    if stem == "request":
        return all(not oracle.legal_request({**request, name: "x"}) for name in ("clientToken", "imagePipelineArn"))
    member, other = ("clientToken", "imagePipelineArn") if stem == "token" else ("imagePipelineArn", "clientToken")
    legal = {"clientToken": oracle.legal_token, "imagePipelineArn": oracle.legal_arn}
    if not legal[other](request.get(other)) or legal[member](request.get(member)):
        return False
    if kind == "missing" and not isinstance(request.get(member), str):
        return member not in request
    if kind == "null":
        return request[member] is None
    types: dict[str, tuple[type, ...]] = {
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
        "null": (type(None),),
    }
    if kind == "type":
        name = label.split(".")[2]
        value = request[member]
        return isinstance(value, types[name]) and (name == "boolean") == isinstance(value, bool)
    return isinstance(request[member], str)


def body_label_holds(label: str, body: bytes) -> bool:
    """Whether a body is of the family that its label names."""
    family, *kinds = label.removeprefix("body.").split(".")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return family in ("utf-8", "utf-16", "utf-32", "format")
    if family in ("empty", "blank"):
        return not body.strip() and (family == "blank") == bool(body)
    try:
        value = strictly_read(body)
    except ValueError:
        return family not in ("top-level", "lone-surrogate")
    types: dict[str, tuple[type, ...]] = {
        "array": (list,),
        "string": (str,),
        "number": (int, float),
        "zero": (int,),
        "boolean": (bool,),
        "true": (bool,),
        "false": (bool,),
        "null": (type(None),),
    }
    if family == "top-level":
        return isinstance(value, types[kinds[0].split("-")[0]])
    return family == "lone-surrogate" and "\\ud" in text


def _only_changed(component: str, text: str, sound: str) -> bool:
    place = _PLACES[component]
    parts = re.split("([:/])", sound)
    before, after = "".join(parts[: 2 * place]), "".join(parts[2 * place + 1 :])
    return text.startswith(before) and text.endswith(after) and len(text) >= len(before) + len(after)
