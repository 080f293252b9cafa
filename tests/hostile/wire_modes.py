"""What a broken or hostile server may put on the wire instead of an answer, by name.

Nothing here is of any use against other software: these are the faults that proxies, half-written servers and other
protocols on the same port show every day.
"""

import gzip
import json
import zlib

from tests.support.scripted import Action, Garbage, HangUp, Reply, Silence

_BODY = b'{"message": "an answer"}'
_MEGABYTE = b" " * 1024 * 1024


def _raw(*lines: bytes, body: bytes = _BODY) -> Garbage:
    """A head as it stands here, and a body."""
    return Garbage(b"\r\n".join([*lines, b"", b""]) + body)


def _head(*headers: bytes, body: bytes = _BODY) -> Garbage:
    """A usual head with these headers, whose length of the body is right unless they say otherwise."""
    return _raw(b"HTTP/1.1 400 Bad Request", b"Content-Type: application/json", *headers, body=body)


def _sized(body: bytes, *headers: bytes) -> Garbage:
    return _head(b"Content-Length: %d" % len(body), *headers, body=body)


def _status(line: bytes) -> Garbage:
    return _raw(line, b"Content-Length: %d" % len(_BODY))


def _chunked(body: bytes, *headers: bytes) -> Garbage:
    return _head(b"Transfer-Encoding: chunked", *headers, body=body)


WIRE_MODES: dict[str, Action] = {
    # No answer at all.
    "closed": HangUp(),
    "silent": Silence(),
    "an empty line": Garbage(b"\r\n"),
    "half a status line": Garbage(b"HTTP/1.1 20"),
    "half a head": Garbage(b"HTTP/1.1 200 OK\r\nContent-Type: appl"),
    "a head that stalls": Garbage(b"HTTP/1.1 200 OK\r\nContent-", stalls=True),
    "a body that stalls": Garbage(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", stalls=True),
    # Other protocols.
    "SSH": Garbage(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "SMTP": Garbage(b"220 mail.example ESMTP\r\n"),
    "TLS": Garbage(b"\x15\x03\x01\x00\x02\x02\x46"),
    "HTTP/2": Garbage(b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\x00\xff\xff"),
    "HTTP/0.9": Garbage(b"<html>hello</html>"),
    "HTTP/1.0 to the end": _raw(b"HTTP/1.0 400 Bad Request", b"Content-Type: application/json"),
    "Redis": Garbage(b"-ERR unknown command 'PUT'\r\n"),
    # Status lines.
    "status 0": _status(b"HTTP/1.1 0 Nothing"),
    "status 99": _status(b"HTTP/1.1 99 Low"),
    "status 600": _status(b"HTTP/1.1 600 High"),
    "status 1000": _status(b"HTTP/1.1 1000 Higher"),
    "status -200": _status(b"HTTP/1.1 -200 Negative"),
    "status in words": _status(b"HTTP/1.1 OK"),
    "no reason": _status(b"HTTP/1.1 400"),
    "a long reason": _status(b"HTTP/1.1 400 " + b"x" * 100_000),
    "version 9": _status(b"HTTP/9.9 400 Bad Request"),
    # Lengths.
    "too long": _head(b"Content-Length: 1000"),
    "too short": _head(b"Content-Length: 3"),
    "negative length": _head(b"Content-Length: -1"),
    "length in words": _head(b"Content-Length: many"),
    "signed length": _head(b"Content-Length: +%d" % len(_BODY)),
    "length of thirty digits": _head(b"Content-Length: 1" + b"0" * 29),
    "two lengths": _head(b"Content-Length: 3", b"Content-Length: %d" % len(_BODY)),
    "length and chunks": _chunked(b"3\r\nabc\r\n0\r\n\r\n", b"Content-Length: 3"),
    "no length": _head(),
    "204 with a body": _raw(b"HTTP/1.1 204 No Content", b"Content-Length: %d" % len(_BODY)),
    "304": _raw(b"HTTP/1.1 304 Not Modified", b"Content-Length: 10", body=b""),
    # Chunks.
    "chunks in words": _chunked(b"three\r\nabc\r\n0\r\n\r\n"),
    "negative chunk": _chunked(b"-3\r\nabc\r\n0\r\n\r\n"),
    "endless chunk": _chunked(b"ffffffffffffffff\r\nabc"),
    "chunk that is cut": _chunked(b"10\r\nabc"),
    "no last chunk": _chunked(b"3\r\nabc\r\n"),
    "trailers": _chunked(b"3\r\nabc\r\n0\r\nX-Amzn-Errortype: ::error::\r\n\r\n"),
    # Encodings.
    "gzip that is none": _sized(_BODY, b"Content-Encoding: gzip"),
    "gzip that is cut": _sized(gzip.compress(_BODY)[:-9], b"Content-Encoding: gzip"),
    "gzip of much": _sized(gzip.compress(_MEGABYTE * 64, mtime=0), b"Content-Encoding: gzip"),
    "gzip in gzip": _sized(gzip.compress(gzip.compress(_BODY)), b"Content-Encoding: gzip, gzip"),
    "deflate": _sized(zlib.compress(_BODY), b"Content-Encoding: deflate"),
    "an encoding of nobody": _sized(_BODY, b"Content-Encoding: nobody"),
    "UTF-16": _sized('{"message": "é"}'.encode("utf-16")),
    "no UTF-8": _sized(b'{"message": "\xff\xfe"}'),
    "a byte order mark": _sized(b"\xef\xbb\xbf" + _BODY),
    # Bodies.
    "empty": _sized(b""),
    "half a JSON": _sized(_BODY[:-3]),
    "very many digits": _sized(b'{"message": ' + b"9" * 5000 + b"}"),
    "no JSON number": _sized(b'{"message": NaN, "code": Infinity}'),
    "members twice": _sized(b'{"code": "A", "code": "B", "message": 1, "message": null}'),
    "lone surrogates": _sized(b'{"message": "\\ud800", "code": "\\udfff"}'),
    "other types": _sized(b'{"message": {"a": []}, "code": 17, "__type": null}'),
    "a list": _sized(b"[" + b"[]," * 1000 + b"[]]"),
    "long strings": _sized(json.dumps({"message": "m" * 150_000, "code": "c" * 150_000}).encode()),
    "a long body": _sized(b'{"message": "' + _MEGABYTE * 4 + b'"}'),
    # Heads.
    "line feeds alone": Garbage(b"HTTP/1.1 400 Bad\nContent-Length: 2\n\n{}"),
    "no colon": _sized(_BODY, b"X-Nothing"),
    "a blank before the colon": _sized(_BODY, b"X-Blank : 1"),
    "a folded line": _sized(_BODY, b"X-Folded: 1\r\n 2"),
    "controls": _sized(_BODY, b"X-Controls: \x00\x07\x1b[31m\x7f"),
    "a carriage return": _sized(_BODY, b"X-Return: a\rb"),
    "no ASCII": _sized(_BODY, b"X-Latin: \xe9\xff"),
    "a line of 70 kB": _sized(_BODY, b"X-Long: " + b"x" * 70_000),
    "three hundred headers": _sized(_BODY, *(b"X-%d: 1" % number for number in range(300))),
    "an error type twice": _sized(_BODY, b"X-Amzn-Errortype: A", b"X-Amzn-Errortype: B"),
    # Answers that ask for another request.
    "100 and no more": Garbage(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 and an answer": Garbage(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + _sized(_BODY).data),
    "101": _raw(b"HTTP/1.1 101 Switching Protocols", b"Upgrade: h2c", b"Connection: Upgrade", body=b""),
    "a redirect to itself": Reply(307, b"", (("Location", "/StartImagePipelineExecution"),)),
    "a redirect to a file": Reply(302, b"", (("Location", "file:///etc/hostname"),)),
    "a login": Reply(401, _BODY, (("WWW-Authenticate", 'Negotiate, Basic realm="\x1b"'),)),
    "a throttle for ever": Reply(429, _BODY, (("Retry-After", "99999999"),)),
    "HTML": Reply(200, b"<!doctype html><script>alert(1)</script>", (("Content-Type", "text/html"),)),
    "headers for ever": Garbage(b"HTTP/1.1 200 OK\r\n", drip=b"X-More: and more\r\n"),
    "a body for ever": Garbage(b"HTTP/1.1 200 OK\r\n\r\n", drip=_MEGABYTE),
    "chunks for ever": Garbage(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drip=b"100000\r\n" + _MEGABYTE + b"\r\n"
    ),
    "an answer and another": Garbage(_sized(_BODY).data * 2),
}
