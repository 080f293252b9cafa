"""`docs/clients.md`: what real clients send, what they do when it goes wrong, and what that means for a target."""

import tomllib
from collections.abc import Iterator
from typing import Any

from .calling import LONG
from .forms import FOLDER
from .measured import Measured, Row, Seen
from .table import Client, Table

_HEAD = """\
# Real clients

What real clients send to the operation, and what they do when it goes wrong. A target that answers the suite's own
requests only may still be one that these can't talk to, or that builds twice for one of them.

`python -m clients.measure` installs and measures them, each in an environment of its own, and writes this page from
[clients.toml](../clients/clients.toml) and [measured.json](../clients/measured.json). A test calls the reference target
by those on Python and Node.js and expects what these tables say. Each client has its defaults, except for what its name
says and a time-out of one second where it has such a setting. A server on loopback records every request; it either
passes it to the reference target or treats all requests of a call alike. HTTP/1.1 without TLS, on ports other than 80.
Measured {days}, on {system}.

## Tokens and errors

A call with a token, without one, with an empty one, and with one of {long} characters, more than any revision allows;
and how the caller can tell that a pipeline is unknown.

- *filled*: the client makes a token, a UUID. *stopped*: it raises and sends nothing. *sent*: the target decides.
- Errors by *class*: each error has an exception class. By *code*: a common exception has the code. By *text*: only the
  message or output says it. By *answer*: nothing is raised; the caller reads status and body.

| client | versions | with a token | without | empty | too long | errors |
| --- | --- | --- | --- | --- | --- | --- |
"""
_AGAIN = """
## What is sent again

How many requests one call makes if each of them gets a 429 (`CallRateLimitExceededException`), a 500
(`ServiceException`), a closed connection without an answer, or silence. In brackets: the shortest time between two of
them, which varies from call to call, since most clients draw their delays. *waits*: the client still waited after half
a minute. The last column is what each further request has in common with the first, apart from dates and signatures.

| client | 429 | 500 | dropped | silence | the same |
| --- | --- | --- | --- | --- | --- |
"""
_FORMS = """
## Forms of requests

How each client spells and signs a valid request; of names, those whose spelling differs most. The files in
[client/forms](../conformance/imagebuilder_conformance/client/forms) have all headers in their order. None of the
clients sends `Expect`, a body in chunks, or a signature in the query string.

| client | names | signed | `Authorization` | `x-amz-content-sha256` | content type | `amz-sdk-*` | user agent |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
_MEANINGS = """
## What it means for a target

| client | for those who implement a target |
| --- | --- |
"""
_ABSENT = """
## Not measured

| client | why |
| --- | --- |
"""
_TOKENS = {"given": "sent", "absent": "sent without", "filled": "filled", "stopped": "stopped"}
_ERRORS = {"class": "by class", "code": "by code", "text": "by text", "answer": "by answer", "": "not at all"}
_AGAIN_SAYS = {"body": "token and body", "token": "the token", "nothing": "**neither**"}
# Headers whose spelling differs most.
_TELLING = ("authorization", "x-amz-date", "content-type")


def page(table: Table, measured: Measured) -> str:
    """The page about the clients that were measured, in the order of the table."""
    rows = [(client, measured.clients[client.name]) for client in table.clients if client.name in measured.clients]
    days = sorted({row.day for _, row in rows})
    parts = [
        _HEAD.format(days=" to ".join(dict.fromkeys([days[0], days[-1]])), system=measured.system, long=len(LONG)),
        *(_tokens(client, row) for client, row in rows),
        _AGAIN,
        *(_again(client, row) for client, row in rows),
        _FORMS,
        *_forms(rows),
        _MEANINGS,
        *(f"| {client.name} | {client.means} |\n" for client, _ in rows),
        _ABSENT,
        *(f"| {name} | {why} |\n" for name, why in table.absent.items()),
    ]
    return "".join(parts)


def _tokens(client: Client, row: Row) -> str:
    seen = row.seen
    versions = ", ".join(f"{package} {version}" for package, version in row.versions.items())
    given, unknown = seen["given"], seen["unknown"]
    starts = "an image" if given.ok else f"refused: {given.error}"
    errors = _ERRORS[unknown.by] if given.ok else "not seen"
    cells = [_token(seen[name]) for name in ("missing", "empty", "long")]
    return f"| {client.name} | {versions} | {starts} | {' | '.join(cells)} | {errors} |\n"


def _token(seen: Seen) -> str:
    how = _TOKENS[seen.token]
    return f"{how}: {seen.error}" if seen.token == "stopped" else how


def _again(client: Client, row: Row) -> str:
    treated = [row.seen[name] for name in ("429", "500", "drop", "silence")]
    same = {_AGAIN_SAYS[seen.again] for seen in treated if seen.again}
    return f"| {client.name} | {' | '.join(map(_count, treated))} | {', '.join(sorted(same)) or 'none'} |\n"


def _count(seen: Seen) -> str:
    apart = "" if seen.least_ms is None else f" ({seen.least_ms} ms)"
    return f"{seen.sent}{apart}" + ("" if seen.ended else ", waits")


def _forms(rows: list[tuple[Client, Row]]) -> Iterator[str]:
    """A row for each form, with the clients that share it."""
    sharing: dict[str, list[str]] = {}
    for client, _ in rows:
        sharing.setdefault(client.form, []).append(client.name)
    for name, clients in sharing.items():
        form = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        signed = ", ".join(f"`{header}`" for header in form["signed"])
        blank = "with blanks" if " " in form["separator"] else "**no blanks**"
        named = {header["name"].lower(): header["value"] for header in form["header"]}
        content_type, agent = named.get("content-type"), named.get("user-agent")
        cells = [_spelled(form), signed, blank, form["content_sha256"], _shown(content_type), _of_sdks(form, named)]
        cells.append(_shown(agent and agent.split(" ")[0]))
        yield f"| {'; '.join(clients)} | {' | '.join(cells)} |\n"


def _spelled(form: dict[str, Any]) -> str:
    names = {header["name"].lower(): header["name"] for header in form["header"]}
    return ", ".join(f"`{names[name]}`" for name in _TELLING if name in names)


def _of_sdks(form: dict[str, Any], named: dict[str, str]) -> str:
    """What becomes of the headers by which SDKs number their attempts."""
    name = "amz-sdk-invocation-id"
    return "none" if name not in named else "signed" if name in form["signed"] else "unsigned"


def _shown(value: str | None) -> str:
    return "**none**" if value is None else f"`{value}`"
