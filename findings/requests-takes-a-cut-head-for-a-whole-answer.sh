#!/usr/bin/env bash
# requests and urllib3, beside httpx and aiohttp: a connection that ends within the head of an answer.
#
# Guess: every client says that the answer is broken, as RFC 9112 (section 8) calls a head that is not whole incomplete.
#
# Seen with requests 2.32.5 on urllib3 2.5.0: status 200, no exception, and an empty body, where the head is cut before
# its Content-Length. Python's http.client, below, takes the end of the connection for the end of the head. httpx 0.28.1
# and aiohttp 3.12.15 raise.
#
# Who feels it: whoever reads a success off the status; behind a proxy that cuts answers a call looks accepted, and its
# answer empty.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  requests==2.32.5 urllib3==2.5.0 httpx==0.28.1 aiohttp==3.12.15

"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import asyncio
import socket
import threading

import aiohttp
import httpx
import requests

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
CUTS = {"after the status": HEAD.index(b"Content-Type"), "within a header": HEAD.index(b"/json"), "nowhere": len(HEAD)}


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


async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read()


CLIENTS = {
    "requests": lambda url: (lambda got: (got.status_code, got.content))(requests.get(url, timeout=10)),
    "httpx": lambda url: (lambda got: (got.status_code, got.content))(httpx.get(url, timeout=10)),
    "aiohttp": lambda url: asyncio.run(by_aiohttp(url)),
}
for place, cut in CUTS.items():
    answer = HEAD[:cut] if cut < len(HEAD) else HEAD + b"{}"
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, answer), daemon=True).start()
    for name, get in CLIENTS.items():
        try:
            seen = get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        except Exception as error:
            seen = type(error).__name__
        print(f"cut {place}, {name}: {seen}")
    listener.close()
PYTHON

diff "$folder/seen" - <<'EXPECTED'
cut after the status, requests: (200, b'')
cut after the status, httpx: RemoteProtocolError
cut after the status, aiohttp: ServerDisconnectedError
cut within a header, requests: (200, b'')
cut within a header, httpx: RemoteProtocolError
cut within a header, aiohttp: ServerDisconnectedError
cut nowhere, requests: (200, b'{}')
cut nowhere, httpx: (200, b'{}')
cut nowhere, aiohttp: (200, b'{}')
EXPECTED
