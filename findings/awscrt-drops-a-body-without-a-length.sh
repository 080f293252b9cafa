#!/usr/bin/env bash
# AWS's Common Runtime, beside urllib3 and aiohttp: an answer whose body ends with the connection.
#
# Guess: the body is read up to the end of the connection, as RFC 9112 (section 6.3, rule 8) has it where an answer has
# neither Content-Length nor Transfer-Encoding, or the client says that it can't read such an answer.
#
# Seen with awscrt 0.38.1: status 200, no error, and an empty body, also where head and body come in one packet. With
# `Connection: close` or as HTTP/1.0 it is the same. urllib3 2.8.0 and aiohttp 3.14.5 read the body.
#
# Who feels it: callers of an SDK that stands on the Common Runtime, of a server or gateway that writes no length: the
# call looks like a success without members.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check awscrt==0.38.1 urllib3==2.8.0 aiohttp==3.14.5

"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import asyncio
import socket
import threading

import aiohttp
import urllib3
from awscrt import http, io

BODY = b'{"started": true}'
ANSWERS = {
    "with a length": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY),
    "until it closes": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n",
}
LOOP = io.EventLoopGroup(1)
BOOTSTRAP = io.ClientBootstrap(LOOP, io.DefaultHostResolver(LOOP))


def serve(listener, answer):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(10)
            read = b""
            while b"\r\n\r\n" not in read:
                read += connection.recv(65536)
            connection.sendall(answer)


def by_awscrt(port):
    connection = http.HttpClientConnection.new("127.0.0.1", port, BOOTSTRAP).result(10)
    request = http.HttpRequest("GET", "/", http.HttpHeaders([("host", "127.0.0.1")]))
    statuses, body = [], bytearray()
    stream = connection.request(
        request,
        on_response=lambda **told: statuses.append(told["status_code"]),
        on_body=lambda **told: body.extend(told["chunk"]),
    )
    stream.activate()
    stream.completion_future.result(10)
    return statuses[0], bytes(body)


def by_urllib3(port):
    answer = urllib3.PoolManager(retries=False, timeout=10).request("GET", f"http://127.0.0.1:{port}/")
    return answer.status, answer.data


async def by_aiohttp(port):
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as answer:
        return answer.status, await answer.read()


CLIENTS = {"awscrt": by_awscrt, "urllib3": by_urllib3, "aiohttp": lambda port: asyncio.run(by_aiohttp(port))}
for kind, head in ANSWERS.items():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, head + BODY), daemon=True).start()
    for name, get in CLIENTS.items():
        try:
            seen = get(listener.getsockname()[1])
        except Exception as error:
            seen = type(error).__name__
        print(f"{kind}, {name}: {seen}")
    listener.close()
PYTHON

diff "$folder/seen" - <<'EXPECTED'
with a length, awscrt: (200, b'{"started": true}')
with a length, urllib3: (200, b'{"started": true}')
with a length, aiohttp: (200, b'{"started": true}')
until it closes, awscrt: (200, b'')
until it closes, urllib3: (200, b'{"started": true}')
until it closes, aiohttp: (200, b'{"started": true}')
of HTTP/1.0, awscrt: (200, b'')
of HTTP/1.0, urllib3: (200, b'{"started": true}')
of HTTP/1.0, aiohttp: (200, b'{"started": true}')
EXPECTED
