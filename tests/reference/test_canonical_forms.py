"""The cases of the published test vectors of Signature Version 4, with inputs of our own.

What is signed is written out by hand in its canonical form and signed by a signer of the tests' own, so that neither a
client's signer nor the reference's own canonical form is the judge. Each case is refused with one byte changed.
"""

import hashlib
from dataclasses import replace

import pytest
from starlette.datastructures import Headers

from imagebuilder_conformance.reference import SESSION_CREDENTIALS
from imagebuilder_conformance.reference.messages import Call

from .verifying import INVALID, NOON, TIMESTAMP, Pairs, authorization, call_of, code_of, signature_by_hand, verify

BODY = b'{"one": 1}'
BODY_HASH = hashlib.sha256(BODY).hexdigest()
USUAL = "host;x-amz-date"


def signed_call(target: str, path: str, query: str, *, method: str = "PUT") -> Call:
    canonical = f"{method}\n{path}\n{query}\nhost:ours.test\nx-amz-date:{TIMESTAMP}\n\n{USUAL}\n{BODY_HASH}"
    return call_of(
        {
            "Host": "ours.test",
            "X-Amz-Date": TIMESTAMP,
            "Authorization": authorization(signature_by_hand(canonical.encode()), USUAL),
        },
        target=target,
        body=BODY,
        method=method,
    )


def changed(call: Call, target: str) -> Call:
    path, _, query = target.partition("?")
    return replace(call, path=path, query=query)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_method_is_signed(method: str) -> None:
    call = signed_call("/", "/", "", method=method)
    verify(call, now=NOON)
    assert code_of(replace(call, method="PATCH"), now=NOON) == INVALID


@pytest.mark.parametrize(
    ("sent", "canonical", "other"),
    [
        ("/", "/", "/a"),
        ("//", "/", "//a"),
        ("/./", "/", "/./a"),
        ("/one/..", "/", "/one/a."),
        ("/one/two/../..", "/", "/one/two/../.a"),
        ("/../one", "/one", "/../onf"),
        ("/one/two/../three", "/one/three", "/one/two/../thref"),
        ("/./one", "/one", "/./onf"),
        ("/one/./two/", "/one/two/", "/one/./two"),
        ("//one///two//", "/one/two/", "//one///twp//"),
        ("/...", "/...", "/.."),
        ("/a%20b", "/a%2520b", "/a%21b"),
        ("/a%2Fb", "/a%252Fb", "/a/b"),
        ("/%2e%2E/a", "/%252e%252E/a", "/%2e%2e/a"),
        ("/caf%C3%A9", "/caf%25C3%25A9", "/caf%C3%A8"),
        ("/AZaz09-._~", "/AZaz09-._~", "/AZaz08-._~"),
        ("/a;b=c,d:e@f", "/a%3Bb%3Dc%2Cd%3Ae%40f", "/a;b=c,d:e@g"),
    ],
)
def test_a_path_is_signed_without_empty_and_dotted_segments_and_encoded_once_more(
    sent: str, canonical: str, other: str
) -> None:
    call = signed_call(sent, canonical, "")
    verify(call, now=NOON)
    assert code_of(changed(call, other), now=NOON) == INVALID


@pytest.mark.parametrize("sent", ["//", "/./", "/one/..", "/one/two/../three", "//one///two//", "/./one"])
def test_a_path_may_be_signed_with_them_too(sent: str) -> None:
    call = signed_call(sent, sent, "")
    verify(call, now=NOON)
    # What comes to the same path is not what was signed.
    assert code_of(changed(call, f"/{sent}"), now=NOON) == INVALID


@pytest.mark.parametrize(
    ("sent", "canonical", "other"),
    [
        ("b=2&a=1", "a=1&b=2", "b=2&a=2"),
        ("a=2&a=1", "a=1&a=2", "a=2&a=3"),
        ("b=1&B=1", "B=1&b=1", "b=1&b=1"),
        ("a-b=1&a=2", "a=2&a-b=1", "a-b=1&a=3"),
        ("a10=1&a1=2", "a1=2&a10=1", "a10=2&a1=1"),
        ("name", "name=", "namf"),
        ("name=", "name=", "name=1"),
        ("=value", "=value", "=valuf"),
        ("a=b=c", "a=b%3Dc", "a=b=d"),
        ("a=b%2fc%20d", "a=b%2Fc%20d", "a=b%2fc%21d"),
        ("a=%7e%2D", "a=~-", "a=%7e%2E"),
        ("a=-._~AZaz09", "a=-._~AZaz09", "a=-._~AZaz08"),
        ("%C3%A9=caf%c3%a9", "%C3%A9=caf%C3%A9", "%C3%A9=caf%c3%a8"),
        ("a=*'()!", "a=%2A%27%28%29%21", "a=*'()?"),
    ],
)
def test_a_query_is_signed_encoded_and_in_order(sent: str, canonical: str, other: str) -> None:
    call = signed_call(f"/one?{sent}", "/one", canonical)
    verify(call, now=NOON)
    assert code_of(changed(call, f"/one?{other}"), now=NOON) == INVALID


HEADERS: list[tuple[str, Pairs, bytes, Pairs]] = [
    ("blanks around", [("Note", "  one ")], b"one", [("Note", "  onf ")]),
    ("blanks inside", [("Note", "one   two")], b"one two", [("Note", "one   twp")]),
    ("blanks inside quotes", [("Note", '"one   two"')], b'"one two"', [("Note", '"one   twp"')]),
    ("tabs", [("Note", "\tone\t two")], b"one two", [("Note", "\tone\t twp")]),
    ("nothing", [("Note", "")], b"", [("Note", "1")]),
    ("a blank more", [("Note", "onetwo")], b"onetwo", [("Note", "one two")]),
    ("several", [("Note", "two"), ("NOTE", " one "), ("note", "two")], b"two,one,two", [("Note", "two,one,twp")]),
    ("several in order", [("Note", "2"), ("Note", "1")], b"2,1", [("Note", "1"), ("Note", "2")]),
    ("UTF-8", [("Note", "voilà".encode())], "voilà".encode(), [("Note", "voilá".encode())]),
    ("UTF-8 with a control", [("Note", "Å, à".encode())], "Å, à".encode(), [("Note", "Å, á".encode())]),
    ("bytes of Latin-1", [("Note", b"caf\xe9")], b"caf\xe9", [("Note", b"caf\xe8")]),
    ("a blank outside ASCII", [("Note", b"\xa0one")], b"\xa0one", [("Note", b"one")]),
]


@pytest.mark.parametrize(("sent", "canonical", "other"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_values_of_headers_are_signed_joined_and_with_single_blanks(
    sent: Pairs, canonical: bytes, other: Pairs
) -> None:
    names = "host;note;x-amz-date"
    lines = [b"PUT", b"/", b"", b"host:ours.test", b"note:" + canonical, f"x-amz-date:{TIMESTAMP}\n".encode()]
    signature = signature_by_hand(b"\n".join([*lines, names.encode(), BODY_HASH.encode()]))
    usual = [
        ("X-Amz-Date", TIMESTAMP),
        ("Authorization", authorization(signature, names)),
        ("HOST", "ours.test"),
    ]
    verify(call_of([*sent, *usual], target="/", body=BODY), now=NOON)
    assert code_of(call_of([*other, *usual], target="/", body=BODY), now=NOON) == INVALID


@pytest.mark.parametrize("signed", [True, False])
def test_a_session_token_is_signed_or_added_once_the_request_is_signed(*, signed: bool) -> None:
    token = str(SESSION_CREDENTIALS.session_token)
    names = f"{USUAL};x-amz-security-token" if signed else USUAL
    lines = ["PUT", "/", "", "host:ours.test", f"x-amz-date:{TIMESTAMP}"]
    if signed:
        lines.append(f"x-amz-security-token:{token}")
    canonical = "\n".join([*lines, "", names, BODY_HASH])
    signature = signature_by_hand(canonical.encode(), secret=SESSION_CREDENTIALS.secret_access_key)
    headers = {
        "Host": "ours.test",
        "X-Amz-Date": TIMESTAMP,
        "X-Amz-Security-Token": token,
        "Authorization": authorization(signature, names, key=SESSION_CREDENTIALS.access_key_id),
    }
    call = call_of(headers, target="/", body=BODY)
    verify(call, now=NOON)
    other = Headers(headers | {"X-Amz-Security-Token": token[:-1] + "x"})
    assert code_of(replace(call, headers=other), now=NOON) == "UnrecognizedClientException"
