"""Asks for each answer with one of Python's clients, and says what was read.

How each such driver is called: with the URL of a server and a list of paths in JSON, each with whether to ask again by
the same client. It prints an object in JSON: for each path a list with a status and a body, or with the name of an
error, for each answer. A time-out is the error `timeout`.
"""

import asyncio
import json
import sys
import time

PATIENCE = 1.5
PAUSE = 0.2

which, url, text = sys.argv[1:]
paths = json.loads(text)


def named(error):
    """An error by its name, or by the word with which it begins."""
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "timeout"
    return str(error).split(":")[0] if type(error).__name__ == "AwsCrtError" else type(error).__name__


def by_urllib3():
    """A pool for each path."""
    import urllib3

    for path, again in paths:
        with urllib3.PoolManager(retries=False, timeout=PATIENCE) as pool:

            def ask(path):
                answer = pool.request("GET", url + path)
                return answer.status, answer.data

            yield path, in_turn(ask, path, again)


def by_httpx():
    """A client for each path."""
    import httpx

    for path, again in paths:
        with httpx.Client(timeout=PATIENCE) as client:

            def ask(path):
                answer = client.get(url + path)
                return answer.status_code, answer.content

            yield path, in_turn(ask, path, again)


def by_awscrt():
    """A connection for each path, and another one where it was closed."""
    from urllib.parse import urlsplit

    from awscrt import http, io

    loop = io.EventLoopGroup(1)
    bootstrap = io.ClientBootstrap(loop, io.DefaultHostResolver(loop))
    place = urlsplit(url)

    kept = []

    def ask(path):
        if not kept or not kept[-1].is_open():
            kept.append(http.HttpClientConnection.new(place.hostname, place.port, bootstrap).result(PATIENCE))
        headers = http.HttpHeaders([("host", place.netloc), ("content-length", "0")])
        statuses, body = [], bytearray()
        stream = kept[-1].request(
            http.HttpRequest("GET", path, headers),
            on_response=lambda **told: statuses.append(told["status_code"]),
            on_body=lambda **told: body.extend(told["chunk"]),
        )
        stream.activate()
        stream.completion_future.result(PATIENCE)
        return statuses[0], bytes(body)

    for path, again in paths:
        yield path, in_turn(ask, path, again)
        kept.clear()


def by_aiohttp():
    """A session for each path."""
    import aiohttp

    async def all_of(path, again):
        said = []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
            for each in [path, path + "/again"][: 1 + again]:
                try:
                    async with session.get(url + each) as answer:
                        said.append([answer.status, (await answer.read()).decode("latin-1")])
                except Exception as error:
                    said.append([named(error)])
                await asyncio.sleep(PAUSE if again else 0)
        return said

    for path, again in paths:
        yield path, asyncio.run(all_of(path, again))


def in_turn(ask, path, again):
    """What comes of a path, and of the next one."""
    said = []
    for each in [path, path + "/again"][: 1 + again]:
        try:
            status, body = ask(each)
            said.append([status, body.decode("latin-1")])
        except Exception as error:
            said.append([named(error)])
        time.sleep(PAUSE if again else 0)
    return said


clients = {"urllib3": by_urllib3, "h11": by_httpx, "awscrt": by_awscrt, "aiohttp": by_aiohttp}
print(json.dumps(dict(clients[which]())))
