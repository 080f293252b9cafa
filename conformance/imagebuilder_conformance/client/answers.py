"""What a target answered, and what can be read from it; a long one is kept in part."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar, overload

import msgspec

from imagebuilder_spec import Family, load_contract

_CODE_MEMBERS = ("code", "Code", "__type")
_MESSAGE_MEMBERS = ("message", "Message")
_LOOKED_AT = frozenset({*_CODE_MEMBERS, *_MESSAGE_MEMBERS, "clientToken", "imageBuildVersionArn", "requestId"})
_MANY_DIGITS = 1000
_WITHOUT_BODY = frozenset({204, 304})
_OF_GATEWAYS = frozenset({502, 503, 504})
_HTML_MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# What may stand before the first tag of a page: blanks, a byte order mark, comments, an XML declaration.
_HTML = re.compile(
    rb"(?:\s|\xef\xbb\xbf|(?><!--.*?-->)|(?><\?xml.*?\?>))*+"
    rb"<(?:!doctype\s+html|(?:html|head|title|meta|body|h[1-6]|br|hr|p|b|div|center|pre|table|script|style)\b)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_WITHIN = 2048


def _number(digits: str) -> float:
    # Python refuses to read very many digits; JSON does not.
    return int(digits) if len(digits) < _MANY_DIGITS else float(digits)


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _read(body: bytes) -> Any:
    """The value of a JSON text. Raises `ValueError` or `RecursionError` for what is none."""
    try:
        return _QUICKLY(body)
    except (ValueError, RecursionError):
        # It takes no half of a surrogate pair and no number beyond a float's range.
        return _JSON.decode(body.decode("utf-8"))


# NaN and Infinity are Python's, not JSON's.
_QUICKLY = msgspec.json.Decoder().decode
_JSON = json.JSONDecoder(parse_int=_number, parse_constant=_refuse)


_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")


class _worked_out(Generic[_Owner, _Value]):  # noqa: N801  # a decorator, as functools.cached_property is
    """A property that is worked out once for each object, and lies in its `__dict__` from then on.

    Before Python 3.12 `functools.cached_property` takes a lock each time. Here two threads at once work it out twice,
    with the same result.
    """

    def __init__(self, function: Callable[[_Owner], _Value]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "_worked_out[_Owner, _Value]": ...
    @overload
    def __get__(self, instance: _Owner, owner: type) -> _Value: ...
    def __get__(self, instance: _Owner | None, owner: type) -> "_worked_out[_Owner, _Value] | _Value":
        if instance is None:
            return self
        # It may be here already: a property of a subclass may come first, and ask for this one.
        known = instance.__dict__
        if self._name not in known:
            known[self._name] = self._function(instance)
        value: _Value = known[self._name]
        return value


# A body is kept whole up to so many bytes. Of a longer one its beginning and its end are kept, each with as much beside
# what is shown that no secret is cut in two before it is looked for.
_LONGEST_BODY = 65_536
HEAD, TAIL = 16_384, 4_096
_BESIDE = 16_384
# So many characters of a text, and so many members and headers, are more than anything that is judged has.
_LONGEST_TEXT, _MOST = 8_192, 1_000


@dataclass(frozen=True, slots=True)
class Cut:
    """What is kept of a body that is too long to keep: how long it was, its SHA-256, its end, and its members.

    Texts among the members are shortened in their middle, arrays and objects are empty: judged is what a text begins
    and ends with, and of what kind anything else is.
    """

    size: int
    sha256: str
    tail: bytes
    members: dict[str, Any] | None


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Header names are compared without regard to case.

    `body` is the beginning of one that is `cut`.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: Cut | None = None

    def bounded(self) -> "Answer":
        """The same answer, or, where that takes too much room to be kept, what everybody who judges it needs of it."""
        headers = self.headers
        if len(headers) > _MOST or any(len(value) > _LONGEST_TEXT for _, value in headers):
            headers = tuple((_shortened(name), _shortened(value)) for name, value in headers[:_MOST])
        if self.cut is not None or len(self.body) <= _LONGEST_BODY:
            return self if headers is self.headers else replace(self, headers=headers)
        members = None if self.members is None else _small(self.members)
        cut = Cut(len(self.body), hashlib.sha256(self.body).hexdigest(), self.body[-TAIL - _BESIDE :], members)
        return Answer(self.status, headers, self.body[: HEAD + _BESIDE], cut)

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return self._first_headers.get(name.lower())

    @_worked_out
    def _first_headers(self) -> dict[str, str]:
        """The first header of each name, by the name in lower case."""
        return {name.lower(): value for name, value in reversed(self.headers)}

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def is_client_error(self) -> bool:
        """Whether the status is 4xx."""
        return 400 <= self.status < 500

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 5xx, or beyond what HTTP has."""
        return self.status >= 500

    @property
    def is_throttled(self) -> bool:
        """Whether it says, by its status or by its code, that there were too many requests.

        AWS publishes 400 for some of the codes too. The table of errors is common to all revisions.
        """
        if self.status == 429:
            return True
        code = self.code
        return code is not None and code in load_contract().errors.family(Family.THROTTLING)

    @property
    def may_be_cut(self) -> bool:
        """Whether nothing says how long the body is, and it is no whole JSON: the connection may have ended too early.

        RFC 9112 §8 lets such a body count as whole, so this is a reason to ask again and no more.
        """
        if self.members is not None or self.status in _WITHOUT_BODY or "json" not in self.media_type:
            return False
        return self.header("content-length") is None and self.header("transfer-encoding") is None

    @property
    def may_be_a_gateways(self) -> bool:
        """Whether it is such as gateways put in the place of a target's answer: 502, 503 or 504 without a code."""
        return self.status in _OF_GATEWAYS and self.code is None

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty where there is none."""
        return _media_type(self.header("content-type") or "")

    @property
    def is_html(self) -> bool:
        """Whether the answer is an HTML page, by its body, whatever its content type says."""
        # An object of JSON is none, and almost every answer is one.
        return not self.body.startswith(b"{") and _HTML.match(self.body[:_HTML_WITHIN]) is not None

    @property
    def claims_to_be_html(self) -> bool:
        """Whether the content type says HTML, and the body is none."""
        return self.media_type in _HTML_MEDIA_TYPES and not self.is_html

    @_worked_out
    def members(self) -> dict[str, Any] | None:
        """The JSON object of the body, or None where the body is not one JSON object in UTF-8."""
        if self.cut is not None:
            return self.cut.members
        try:
            value = _read(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    @_worked_out
    def image(self) -> str | None:
        """The image ARN that a success names."""
        return self._text("imageBuildVersionArn") if self.is_success else None

    @_worked_out
    def request_id(self) -> str | None:
        """The requestId member of a success."""
        return self._text("requestId") if self.is_success else None

    @_worked_out
    def header_code(self) -> str | None:
        """The error code of the header x-amzn-ErrorType."""
        return _sanitised(self.header("x-amzn-errortype"))

    @_worked_out
    def body_code(self) -> str | None:
        """The error code of the body, from the member `code`, `Code` or `__type`."""
        if type(self.members) is dict and self.members.keys().isdisjoint(_CODE_MEMBERS):
            return None
        return next((code for name in _CODE_MEMBERS if (code := _sanitised(self._text(name)))), None)

    @property
    def named_code(self) -> str | None:
        """The error code, in the order in which AWS's SDKs look: the header, then the body. Whatever the status."""
        return self.header_code or self.body_code

    @property
    def code(self) -> str | None:
        """The error code of an answer that is no success by its status."""
        return None if self.is_success else self.named_code

    @property
    def message(self) -> str | None:
        """The message for people that an error carries."""
        return next((text for name in _MESSAGE_MEMBERS if (text := self._text(name))), None)

    def _text(self, name: str) -> str | None:
        members = self.members
        value = members.get(name) if members else None
        return value if isinstance(value, str) else None

    def __str__(self) -> str:
        """The answer in a few words on one line, for `received`."""
        if self.is_success:
            return one_line(
                f"{self.status} with image {self.image}" if self.image else f"{self.status} without an image ARN"
            )
        return one_line(f"{self.status} {self.code or 'without an error code'}")


@lru_cache(maxsize=16)
def _media_type(content_type: str) -> str:
    return content_type.split(";", 1)[0].strip().lower()


# Several judges ask for the request of one exchange.
def header_of(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of the first header of that name, in any case."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def one_line(text: str) -> str:
    """The text without line breaks, each run of blanks as one."""
    return " ".join(text.split())


def _shortened(text: str) -> str:
    """A text, or one that begins and ends as it does, and that is another for any other one."""
    if len(text) <= _LONGEST_TEXT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return text[: _LONGEST_TEXT // 2] + digest + text[-_LONGEST_TEXT // 2 :]


def _small(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members as `Cut` has them. Those that are looked at come first, where there are too many."""
    named = sorted(members, key=lambda name: name not in _LOOKED_AT)[:_MOST]
    small = {}
    for name in named:
        value = members[name]
        small[_shortened(name)] = (
            _shortened(value) if isinstance(value, str) else type(value)() if isinstance(value, dict | list) else value
        )
    return small


def _sanitised(code: str | None) -> str | None:
    """The bare code: what is before the first `:`, then after the last `#` (Smithy restJson1)."""
    return code.split(":", 1)[0].rsplit("#", 1)[-1].strip() or None if code else None
