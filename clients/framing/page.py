"""`docs/framing.md`: which clients end with what, and what the suite makes of it."""

from collections.abc import Iterator, Sequence

from imagebuilder_spec import Clause, load_contract

from .cases import Case, Reader
from .measured import NEXT, OTHERWISE, READ, Measured

_HEAD = """\
# Answers that strict clients can't read

Most HTTP libraries read over much that RFC 9112 forbids, Python's too, with which this suite asks. Others don't: a
target may be well for curl and for boto3, and answer nothing to an SDK for JavaScript. The clauses below `framing` are
judged on the bytes of every answer that a run gets, without a request of their own. This page measures what the clients
that AWS's SDKs stand on make of {count} answers.

`python -m clients.framing` has each client ask a server of this machine for each of them, and writes this page from
[framing.toml](../clients/framing/framing.toml), which has the bytes, and
[measured.json](../clients/framing/measured.json). It is outside CI; a test holds the suite to the same bytes, and the
levels of the clauses to what was measured. Everything is HTTP/1.1 without TLS. Measured on {day}, on
{system}.

| client | versions | what stands on it |
| --- | --- | --- |
"""
_ANSWERS = """
## The answers

An empty cell: the client reads it. *ends*: the caller gets an error. *other*: no error, and another body than was sent.
*waits*: nothing within 1.5 seconds. *next*: it reads this answer, and the next one on the connection is spoilt by what
lies before it: it ends, waits, or one is taken for the other. Of answers that keep the connection the next one is asked
for 200 ms later.

| answer | breaks |{names}
| --- | --- |{rules}
"""
_CLAUSES = """
## The clauses

A clause is a MUST where an RFC says so and a client on which an SDK for AWS stands ends with a breach; one that limits
what no RFC limits is a SHOULD.

"""
_LENIENT = """
## Left in peace

Some answers are odd, or some client ends with them, and no clause is about them:

| answer | ends with it | why it is left |
| --- | --- | --- |
"""
_FOOT = """
So are, without a row of their own:

- A 502, 503 or 504 without an error code: gateways write such pages in the target's place, and what they write says
  nothing of the target.
- Another answer behind one, or before one: whatever begins with `HTTP/` where nothing was asked for. Servers refuse so
  what they did not read of a request, and say so that they close an idle connection.
- An answer that is cut now and then, or not always at the same byte: `framing.body.complete` takes three requests in a
  row none of whose tries went otherwise.
- Blanks around a value, names in any case, a reason in any language, interim answers.
"""


def page(cases: Sequence[Case], readers: Sequence[Reader], measured: Measured) -> str:
    """The page about the clients that were measured."""
    return "".join(f"{line}\n" for line in _lines(cases, readers, measured))


def _lines(cases: Sequence[Case], readers: Sequence[Reader], measured: Measured) -> Iterator[str]:
    yield _HEAD.format(count=len(cases), day=measured.day, system=measured.system).rstrip("\n")
    for reader in readers:
        versions = measured.clients[reader.client.name].versions
        told = ", ".join(f"{package} {version}" for package, version in versions.items())
        yield f"| {reader.client.name} | {told} | {reader.client.means} |"
    names = "".join(f" {reader.client.name} |" for reader in readers)
    yield _ANSWERS.format(names=names, rules=" --- |" * len(readers)).rstrip("\n")
    for case in cases:
        cells = "".join(f" {_cell(outcome)} |" for _, outcome in _outcomes(case, readers, measured))
        yield f"| {case.name} | {_code(case.breaks)} |{cells}"
    yield _CLAUSES.rstrip("\n")
    for clause in load_contract().clauses.values():
        if clause.area == "framing":
            yield from _clause(clause, [case for case in cases if case.breaks == clause.id], readers, measured)
    yield _LENIENT.rstrip("\n")
    for case in cases:
        if case.lenient:
            ending = ", ".join(name for name, outcome in _outcomes(case, readers, measured) if outcome)
            yield f"| {case.name} | {ending or 'none'} | {case.lenient} |"
    yield _FOOT.rstrip("\n")


def _outcomes(case: Case, readers: Sequence[Reader], measured: Measured) -> Iterator[tuple[str, str]]:
    for reader in readers:
        yield reader.client.name, measured.clients[reader.client.name].outcomes[case.name]


def _cell(outcome: str) -> str:
    if outcome.startswith(NEXT):
        return "next"
    return {READ: "", OTHERWISE: "other", "timeout": "waits"}.get(outcome, "ends")


def _clause(clause: Clause, cases: Sequence[Case], readers: Sequence[Reader], measured: Measured) -> Iterator[str]:
    """What is ended by which client with what, in the order of the clients."""
    found: dict[str, dict[str, None]] = {}
    for case in cases:
        for name, outcome in _outcomes(case, readers, measured):
            if outcome:
                found.setdefault(name, {})[outcome] = None
    yield f"\n### {clause.id}, {clause.level}\n"
    yield f"{clause.statement} Source: {clause.source}."
    if clause.harm:
        yield f"{clause.harm}"
    yield ""
    for reader in readers:
        if said := found.get(reader.client.name):
            yield f"- {reader.client.name}: {', '.join(map(_said, said))}"


def _said(outcome: str) -> str:
    """An error's name as code."""
    told = outcome.removeprefix(NEXT)
    before = NEXT if told != outcome else ""
    return before + {"timeout": "waits", OTHERWISE: OTHERWISE}.get(told, f"`{told}`")


def _code(clause: str) -> str:
    return f"`{clause}`" if clause else ""
