"""What is asked in conversations, so that every entry of the catalogue shows in one of them."""

import json

from imagebuilder_conformance.client.forms import FORMS, form_of
from imagebuilder_spec import FAULT_HEADER, fixed_words, load_contract
from imagebuilder_strategies import NearMiss, bodies_with_unknown_members, equivalent_bodies
from imagebuilder_strategies.pair_classes import pair_classes

from .connections import FakeConnection
from .conversation import Step, a_client_hangs_up, a_second_passes, another_arn, asking, starting, together
from .exchanges import PATH, PIPELINE_A, PIPELINE_B, body_of


def _pairs() -> list[NearMiss]:
    """One pair of each class, the numbers among them."""
    return [each.pair("700300000000007" if each.is_number else "pair") for each in pair_classes()]


TOKENS: list[Step] = [
    starting("plain"),
    starting("plain"),
    starting("plain", PIPELINE_B),
    starting("plain", f"{PIPELINE_A}-unknown"),
    starting("plain", "malformed"),
    starting("", "malformed"),
    starting("plain"),
    starting("other", PIPELINE_B),
    *(starting(f"token-{number}") for number in range(40)),
    starting("plain"),
    starting("token-30"),
    starting("refused", f"{PIPELINE_A}-unknown"),
    starting("refused"),
    starting("refused-too", "malformed"),
    starting("refused-too"),
    *(
        starting(token)
        for token in ["Plain", "PLAIN", " plain", "plain ", "a b", "a  b", "a\tb", "é", "e\u0301", "\uff45", "e"]
    ),
    *(starting(token) for token in ["", "x", "y", " ", "\x00", "a'b", "<&>", '"', "\\", "a_b-c"]),
    *(starting(head + "x" * 34 + tail) for head in "ab" for tail in "ab"),
    *(starting("x" * length) for length in (31, 32, 33, 34, 35, 36, 37, 64, 65)),
    *(starting(character * 36) for character in ("é", "\U0001d11e", "e\u0301"[:1] + "\u0301")),
    starting("é" * 18 + "z" * 18),
    *(starting(uuid) for uuid in ("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f", "0b5b54ee2a3c4f6e9d3e1f0a6c7d8e9f")),
    starting("\u0301" * 37),
    *(starting(token) for token in ["x", "a'b", "x" * 33, "a;b", "a;c", "a/b", "a_b", "7003", "07003"]),
    *(starting(token) for pair in _pairs() for token in (pair.first, pair.second)),
    *(starting(token) for word in fixed_words() for token in (word.control, word.text)),
    *(starting(value) for value in (1, True, ["list"], {"a": 1}, None)),
    asking(body_of().replace(b'"token"', b'"\\u0070lain"')),
    asking(b'{"imagePipelineArn": "%s"}' % PIPELINE_A.encode()),
    asking(b'{"clientToken": "plain"}'),
    a_second_passes,
    asking(body_of("plain"), headers={"x-amz-date": "20250101T000000Z"}),
    asking(body_of("plain"), headers={"x-amz-date": "20250101T000002Z"}),
    asking(body_of("plain"), connection=FakeConnection()),
]

ARNS: list[Step] = [
    starting("arn"),
    *(
        starting(f"arn-{number}", value)
        for number, value in enumerate([1, True, [PIPELINE_A], {"a": 1}, None, "", "x"])
    ),
    another_arn("arn:aws:", "arn:aws-cn:"),
    another_arn("arn:aws:", "arn:gcp:"),
    another_arn("us-east-1", "eu-west-1"),
    another_arn("us-east-1", ""),
    another_arn("imagebuilder", "ec2"),
    another_arn("image-pipeline", "image-recipe"),
    *(another_arn("123456789012", a) for a in ("aws", "", "12345678901", "1234567890123", "a23456789012")),
    another_arn("1234", "\uff11234"),
    *(another_arn("conformance-a", n) for n in ("", "x", "_", "-", "1", "a_b", "A", "a.b", "a/b", "a b", "é", "-a-")),
    *(starting("arn", PIPELINE_A + tail) for tail in ("\n", " ", "\n\n", "\nx", ":x", "/x", "%20", "\x00", "!")),
    *(starting("arn", head + PIPELINE_A) for head in (" ", "\n", "x", "x\n")),
    another_arn("a:image", "A:image"),
    starting("arn", PIPELINE_A.upper()),
    starting("arn", PIPELINE_A.replace("conformance", "CONFORMANCE")),
    starting("arn", PIPELINE_A.replace("-a", "%2Da")),
    starting("arn", PIPELINE_A.replace("conformance-a", "unknown")),
    *(starting(token, PIPELINE_A.replace("conformance-a", "unknown")) for token in ("arn-asked", "arn-asked-again")),
    starting("arn-of-another-partition", PIPELINE_A.replace("arn:aws:", "arn:aws-cn:")),
    starting("arn-twice", PIPELINE_A * 2),
    starting("arn-of-another-account", PIPELINE_A.replace("123456789012", "999999999999")),
]

VALID = body_of("valid")

BODIES: list[Step] = [
    asking(VALID),
    *(
        asking(body)
        for body in [
            b"",
            b"null",
            b"1",
            b"[" + VALID + b"]",
            json.dumps(VALID.decode()).encode(),
            VALID + b"junk",
            b"junk" + VALID,
            VALID.replace(b": ", b":\f", 1),
            VALID[:-1] + b",}",
            b"/* */" + VALID,
            VALID.replace(b'"', b"'"),
            VALID[:-1],
            b"\xef\xbb\xbf" + VALID,
            VALID.replace(b"valid", b"\xff"),
            VALID.replace(b"valid", rb"\ud800"),
            b"[" * 1000,
            VALID[:-1] + b', "other": ' + b"[" * 100 + b"]" * 100 + b"}",
            body_of("large", other="x" * 1_000_000),
            body_of("more", other=1),
            b"{}",
        ]
    ),
    *(asking(edge.value) for edge in equivalent_bodies("bell\b\f", PIPELINE_A)),
    *(asking(edge.value) for edge in bodies_with_unknown_members("unknown", PIPELINE_A)),
    *(starting(f"after-{number}") for number in range(6)),
]

WIRE: list[Step] = [
    *(asking(body_of(f"m-{method}"), method=method) for method in ("GET", "POST", "DELETE")),
    *(asking(body_of(f"p-{path}"), path=path) for path in ("/", "/x", PATH + "/", PATH + "/x", PATH.lower())),
    *(asking(body_of(f"p-{path}"), path=path) for path in (f"/{PATH}", f"/%{ord(PATH[1]):02X}{PATH[2:]}")),
    asking(body_of("query"), query="a=1"),
    asking(b'{"imagePipelineArn": "%s"}' % PIPELINE_A.encode(), query="clientToken=q"),
    *[asking(body_of("charset"), headers={"content-type": "application/json; charset=utf-8"})] * 2,
    *[asking(body_of("chunked"), headers={"content-length": None, "transfer-encoding": "chunked"})] * 2,
    asking(body_of("session"), headers={"x-amz-security-token": "x"}),
    *(starting(f"wire-{number}") for number in range(15)),
    starting("wire-14"),
]

MEETING: list[Step] = [
    starting("before"),
    together(*[("same", PIPELINE_A)] * 3),
    starting("same"),
    together(("two", PIPELINE_A), ("two", PIPELINE_B)),
    starting("two"),
    together(*[(f"one-{number}", PIPELINE_A) for number in range(5)]),
    a_client_hangs_up,
    starting("gone"),
    starting("gone"),
    *(starting(f"then-{number % 7}") for number in range(21)),
]


def by_sdk(
    token: str, arn: str = PIPELINE_A, invocation: str = "one", attempt: int = 1, accept: str = "identity"
) -> Step:
    """A call as an SDK sends it."""
    own = {
        "amz-sdk-invocation-id": invocation,
        "amz-sdk-request": f"attempt={attempt}; max=3",
        "accept-encoding": accept,
    }
    return asking(body_of(token, arn), headers=own)


UUID = "0b1c2d3e-4f50-4a6b-8c7d-8e9fa0b1c2d3"
SDK: list[Step] = [
    by_sdk(UUID),
    by_sdk(UUID, attempt=2),
    by_sdk(UUID, invocation="two"),
    by_sdk(UUID, PIPELINE_B, invocation="three"),
    by_sdk("unknown", f"{PIPELINE_A}-unknown", invocation="four"),
    by_sdk("malformed", "malformed", invocation="five"),
    by_sdk("compressed", invocation="six", accept="gzip, deflate"),
]

FAULTS: list[Step] = [
    step
    for demand in [f"{code}{when}" for code in load_contract().errors.declared for when in ("", ";after")]
    for step in (
        asking(body_of(demand[-36:]), headers={FAULT_HEADER: demand}),
        starting(demand[-36:]),
        starting(demand[-36:]),
    )
]

LONG = "v" * 256
TAGS: list[Step] = [
    *(
        starting(f"tags-{number}", tags=tags)
        for number, tags in enumerate(
            [
                {"key": "value"},
                *({f"key-{entry}": "value" for entry in range(count)} for count in (0, 49, 50, 51)),
                *({"k" * length: "value"} for length in (0, 1, 2, 127, 128, 129)),
                *({key: "value"} for key in ("k" * 128 + " ", "a b", "a\tb", "a:b", "a*b", "é", "aws:a", "AWS:a")),
                {"good": "value", "aws:bad": "value"},
                *({"key": value} for value in ("", LONG[1:], LONG, LONG + "v", "é", "é" * 256, "é" * 257, "😀" * 129)),
                *({"key": value} for value in (7, True, None, ["value"])),
                *("text", 7, ["value"], [{"Key": "key", "Value": "value"}]),
            ]
        )
    ),
    *(starting("null", **others) for others in ({}, {"tags": None})),
    *(
        starting("used", **others)
        for others in [
            {"tags": {"a": "b", "c": "d", "e": "", "l": LONG}},
            {"tags": {"l": LONG, "e": "", "c": "d", "a": "b"}},
            {},
            {"tags": {"a": "b", "c": "d", "e": "", "l": LONG, "more": "x"}},
            {"tags": {"a": "b", "c": "d", "e": ""}},
            {"tags": {"a": "d", "c": "b", "e": "", "l": LONG}},
            {"tags": {"A": "b", "c": "d", "e": "", "l": LONG}},
            {"tags": {"a": "B", "c": "d", "e": "", "l": LONG}},
            {"tags": {"a": "b ", "c": "d", "e": "", "l": LONG}},
            {"tags": {"a": "b", "c": "d", "e": "", "l": LONG[1:] + "x"}},
            {"tags": {"ab": "", "c": "d", "e": "", "l": LONG}},
            {"tags": {"a": "b", "c": "d", "f": "", "l": LONG}},
        ]
    ),
    *(starting("untagged", **others) for others in ({}, {"tags": {"a": "b"}})),
    *(starting("x" * length) for length in (36, 37, 63, 64, 65)),
]

# As many as an account may be allowed to start before it is over its quota.
MANY: list[Step] = [starting(f"many-{number}") for number in range(101)]


def _in_form(name: str) -> Step:
    """A request as a published client sends it; its signature is none."""
    form = form_of(name)
    parameters = (
        "Credential=key/20260101/us-east-1/imagebuilder/aws4_request",
        f"SignedHeaders={';'.join(form.signed)}",
    )
    signed = form.separator.join([*parameters, "Signature=0"])
    headers: dict[str, str | None] = {"content-type": None}
    headers |= {spelled.lower(): value for spelled, value in form.headers}
    headers |= {"authorization": f"AWS4-HMAC-SHA256 {signed}", "content-length": None}
    return asking(body_of("formed"), headers=headers, spelled=tuple(spelled for spelled, _ in form.headers))


CLIENTS: list[Step] = [
    *map(_in_form, FORMS),
    asking(body_of("formed"), absolute=True),
    asking(body_of("formed"), headers={"expect": "100-continue"}),
]

CONVERSATIONS = (TOKENS, ARNS, BODIES, WIRE, MEETING, SDK, FAULTS, TAGS, MANY, CLIENTS)
