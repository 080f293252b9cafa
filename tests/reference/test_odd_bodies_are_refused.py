import json
from collections.abc import Iterator

import pytest

from imagebuilder_conformance.reference import Settings
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import JSON, PATH, PIPELINE_A, Client, body_of

VALID = body_of()
DEEP = 100_000
MEGABYTE = 1_000_000

REFUSED = {
    "empty": b"",
    "blank": b" \n",
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "string": b'"token"',
    "array": b"[" + VALID + b"]",
    "two-values": VALID + VALID,
    "trailing-junk": VALID + b"x",
    "trailing-comma": VALID[:-1] + b",}",
    "comment": b"/* */" + VALID,
    "single-quotes": VALID.replace(b'"', b"'"),
    "cut-off": VALID[:-1],
    "form": b"clientToken=token",
    "xml": b"<clientToken/>",
    "not-utf8": VALID.replace(b'"token"', b'"\xff\xfe"'),
    "utf-16": VALID.decode().encode("utf-16"),
    "byte-order-mark": b"\xef\xbb\xbf" + VALID,
    "member-twice": VALID[:-1] + b', "clientToken": "other"}',
    "nan": VALID[:-1] + b', "other": NaN}',
    "infinity": VALID[:-1] + b', "other": -Infinity}',
    "lone-surrogate": body_of("\ud800"),
    "lone-surrogate-elsewhere": body_of(other="\udfff"),
    "control-character": VALID.replace(b'"token"', b'"\x01"'),
    "nul-bytes": b"\x00" * 100,
    "deep-arrays": b"[" * DEEP,
    "deep-arrays-closed": b"[" * DEEP + b"]" * DEEP,
    "deep-objects": b'{"a":' * DEEP,
    "deep-inside": VALID[:-1] + b', "other": ' + b"[" * 500 + b"]" * 500 + b"}",
    "large": body_of(other="x" * MEGABYTE),
    "large-token": body_of("x" * MEGABYTE),
    "large-blank": VALID + b" " * MEGABYTE,
    "large-array": b"[" + b"1," * 100_000 + b"1]",
    "token-missing": json.dumps({"imagePipelineArn": PIPELINE_A}).encode(),
    "arn-missing": json.dumps({"clientToken": "token"}).encode(),
    "nothing-given": b"{}",
    "token-null": body_of(None),
    "arn-null": body_of(arn=None),
    "token-number": body_of(1),
    "token-long-number": VALID.replace(b'"token"', b"9" * 10_000),
    "token-list": body_of(["token"]),
    "token-object": body_of({"a": 1}),
    "token-true": body_of(True),  # noqa: FBT003 - it is what is sent
    "arn-list": body_of(arn=[PIPELINE_A]),
    "token-empty": body_of(""),
    "token-too-long": body_of("x" * 37),
    "token-too-long-in-two-bytes": body_of("é" * 37),
    "arn-empty": body_of(arn=""),
    "arn-newline": body_of(arn=f"{PIPELINE_A}\n"),
    "arn-blank": body_of(arn=f" {PIPELINE_A}"),
    "arn-capital": body_of(arn=PIPELINE_A.upper()),
    "arn-full-width-digits": body_of(arn=PIPELINE_A.replace("1", "\uff11")),
}

ACCEPTED = {
    "plain": VALID,
    "blanks-around": b" \r\n\t" + VALID + b"\n",
    "escaped": VALID.replace(b"token", b"\\u0074oken", 2),
    "unknown-member": body_of(other=[1, {"a": None}]),
    "unknown-member-with-long-number": VALID[:-1] + b', "other": ' + b"9" * 10_000 + b"}",
    "unknown-member-nested": VALID[:-1] + b', "other": ' + b"[" * 20 + b"]" * 20 + b"}",
    "unknown-member-null": body_of(other=None),
    "token-at-limit": body_of("x" * 36),
    "token-of-one": body_of("x"),
    "token-of-blanks": body_of("  "),
    "token-punctuation": body_of("""!"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"""),
    "token-control-characters": body_of("\x00\n\x7f"),
    "token-two-bytes-each": body_of("é" * 36),
    "token-four-bytes-each": body_of("𝄞" * 36),
    "token-unescaped": json.dumps({"clientToken": "é𝄞", "imagePipelineArn": PIPELINE_A}, ensure_ascii=False).encode(),
}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """One target and one connection for all: that they survive is a part of the law."""
    with ReferenceServer() as server:
        opened = Client(server.url)
        yield opened
        opened.close()


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_an_odd_body_is_a_client_error_and_the_next_request_is_answered(client: Client, body: bytes) -> None:
    reply = client.exchange(body)
    assert (reply.status, reply.headers["content-type"]) == (400, "application/json")
    assert reply.code in {"ClientException", "InvalidRequestException"}
    assert 0 < len(reply.document["message"]) < 1000
    assert client.start("next").status == 200


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_an_unusual_body_is_accepted_and_its_token_echoed(client: Client, body: bytes) -> None:
    reply = client.exchange(body)
    assert reply.status == 200
    assert reply.document["clientToken"] == json.loads(body, parse_int=float)["clientToken"]


@pytest.mark.parametrize("type_", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "text/plain"])
def test_the_content_type_is_not_judged(type_: str) -> None:
    with ReferenceServer(Settings(verify_signatures=False)) as server:
        client = Client(server.url)
        assert client.exchange(VALID, headers={"Content-Type": type_}).status == 200
        client.close()


def test_a_chunked_body_is_accepted() -> None:
    with ReferenceServer(Settings(verify_signatures=False)) as server:
        client = Client(server.url)
        reply = client.exchange(VALID, headers={**JSON, "Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert reply.status == 200
        client.close()


def test_a_query_string_is_ignored(client: Client) -> None:
    assert client.exchange(VALID, target=f"{PATH}?a=1&b").status == 200
