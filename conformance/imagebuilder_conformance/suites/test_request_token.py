"""The request's clientToken: required, a string, of legal length, of any characters."""

from collections.abc import Iterator

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.findings import Finding, failures
from imagebuilder_conformance.oracles.starts import (
    accepted,
    accepted_or_refused,
    accepted_or_used,
    distinct,
    same_image,
)
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.thrift import LIKE_E, WITH_EVERY_CHARACTER, Thrift, shortest_token
from imagebuilder_strategies import client_token_edges, invalid_client_token_edges, invalid_client_tokens

_MIN = "request.client-token.min-length"
_MAX = "request.client-token.max-length"
_CHARACTERS = "request.client-token.characters"
_OUTSIDE_ASCII = "request.client-token.outside-ascii"
_CODE_POINTS = "request.client-token.code-points"

_DISTINCT = "idempotency.token.distinct"
_SAME_IMAGE = "idempotency.replay.same-image"

_GENERATED = 2
# The labels of the tokens that are long and hold many characters, and of those that are worth sending beside them.
_LONG = ("token.punctuation", "token.letters-and-digits")
_TELLING = (*_LONG, "token.leading-blank", "token.trailing-blank", "token.inner-blanks")


@check("request.client-token.min-length", _MIN, _SAME_IMAGE, executions=1, shares=(SharedStart.SHORTEST,))
def test_min_length(probe: Probe) -> None:
    """An empty token is refused; one of a single character is accepted, and gets its image again."""
    shortest = shortest_token(probe.tokens.nonce, probe.contract.token_lengths)
    if probe.contract.token_lengths.start:
        empty = probe.requests.start("", probe.pipeline, "an empty token").breaking("token.empty")
        probe.all_refused([empty], _MIN)
    # So short a token can't be the run's own; an earlier run may have used it for another pipeline.
    start = probe.start(shortest, label="a token of one character")
    probe.judge(accepted_or_used(start, _MIN))
    if start.image is None:
        probe.require_judgeable(start)
        probe.condition_unmet(_SAME_IMAGE, f"a token of one character is used already: {start}")
    else:
        probe.judge(same_image(start, probe.replay(start), _SAME_IMAGE))


@check("request.client-token.max-length", _MAX, executions=1, shares=(SharedStart.FIRST,))
def test_max_length(probe: Probe) -> None:
    """A token of the greatest length is accepted, longer ones are refused."""
    plain = probe.tokens.fresh().ljust(probe.contract.token_lengths.stop - 1, "x")
    longest = probe.token(SharedStart.FIRST, plain)
    found = list(accepted(probe.begun(longest, label=f"a token of {len(longest)} characters"), _MAX))
    probe.judge(failures(found))
    if probe.all_refused(_too_long(probe, ascii_only=True), _MAX, lambda request: _ask_too_long(probe, request)):
        # Not before: a budget may leave nothing for the longer ones.
        probe.judge(found)


def _ask_too_long(probe: Probe, request: Request) -> Exchange:
    """Under a budget ask for a pipeline that does not exist, if that tells: whoever takes the token starts nothing."""
    if probe.thrift is None or not probe.measures_tokens:
        return probe.send(request)
    elsewhere = probe.unknown(f"{request.label} for an unknown pipeline")
    beside = probe.requests.start(request.token or "", elsewhere.pipeline or "", elsewhere.label)
    return probe.send(beside.breaking(request.violates or ""))


def _too_long(probe: Probe, *, ascii_only: bool) -> Iterator[Request]:
    invalid = [*invalid_client_token_edges(contract=probe.contract, unique=probe.tokens.fresh())]
    invalid += probe.draw(invalid_client_tokens(contract=probe.contract, unique=probe.tokens.fresh()), _GENERATED)
    for each in invalid:
        if each.value and each.value.isascii() is ascii_only:
            request = probe.requests.start(each.value, probe.pipeline, f"a token of {len(each.value)} characters")
            yield request.breaking(each.violates)


@check(
    "request.client-token.characters",
    _CHARACTERS,
    _DISTINCT,
    _SAME_IMAGE,
    executions=10,
    shares=WITH_EVERY_CHARACTER,
)
def test_characters(probe: Probe) -> None:
    """Every printable ASCII character may stand in a token and counts; blanks may be all there is.

    Each token has an image of its own. The long ones get it again, as one that was cut when it was stored would not.
    """
    if probe.thrift is not None:
        _judge_shared_characters(probe, probe.thrift)
        probe.condition_unmet((_DISTINCT, _SAME_IMAGE), "under a limit of executions other checks judge these tokens")
        return
    begun: list[Exchange] = []
    for edge in client_token_edges(contract=probe.contract, unique=probe.tokens.fresh()):
        if not edge.label.startswith(_TELLING):
            continue
        start = probe.start(edge.value, label=f"a token: {edge.label}")
        # The latest first: that is its twin, if it has one. What is taken for another token is not refused for itself.
        confused = any(
            probe.judge(distinct(earlier, start, _DISTINCT, "some characters")) for earlier in reversed(begun)
        )
        if confused or probe.judge(accepted(start, _CHARACTERS)):
            return
        if (
            start.image
            and edge.label.startswith(_LONG)
            and probe.judge(same_image(start, probe.replay(start), _SAME_IMAGE))
        ):
            return
        begun.append(start)
    # This one can't be the run's own.
    probe.judge(accepted_or_used(probe.start("  ", label="a token of blanks only"), _CHARACTERS))


def _judge_shared_characters(probe: Probe, thrift: Thrift) -> None:
    """Judge the tokens that checks share. Where the longest is refused, its halves tell whether its length is why."""
    tokens = [thrift.token(start) for start in WITH_EVERY_CHARACTER]
    found: list[Finding] = []
    # Those that others have begun first, as they cost nothing; and nothing has held before all were seen.
    for token in sorted(tokens, key=lambda token: thrift.begun(token) is None):
        start = probe.begun(token, label="a token with many characters")
        starts = [start]
        if not start.is_success and len(token) + 1 == probe.contract.token_lengths.stop:
            halves = token[: len(token) // 2], token[len(token) // 2 :]
            starts = [probe.start(probe.tokens.fresh() + half, label=f"a token: {half}") for half in halves]
        found += [finding for each in starts for finding in accepted_or_used(each, _CHARACTERS)]
        if probe.judge(failures(found)):
            return
    probe.judge(found)


@check("request.client-token.outside-ascii", _OUTSIDE_ASCII, executions=5, shares=(SharedStart.OUTSIDE_ASCII,))
def test_outside_ascii(probe: Probe) -> None:
    """A token with characters outside printable ASCII is accepted, or refused as the client's fault."""
    for character in ("é", "e\u0301", "😀", "\t", "\x00") if probe.thrift is None else (LIKE_E,):
        token = probe.token(SharedStart.OUTSIDE_ASCII, f"{probe.tokens.fresh()}{character}")
        start = probe.begun(token, label=f"a token with {character!a}")
        if probe.judge(accepted_or_refused(start, _OUTSIDE_ASCII)):
            return


@check("request.client-token.code-points", _CODE_POINTS, executions=2, shares=(SharedStart.OUTSIDE_ASCII,))
def test_code_points(probe: Probe) -> None:
    """A token of the greatest length in code points is accepted, whatever its length in bytes or UTF-16 units."""
    longest = probe.contract.token_lengths.stop - 1
    for character in ("é", "😀") if probe.thrift is None else (LIKE_E,):
        token = probe.token(SharedStart.OUTSIDE_ASCII, probe.tokens.fresh().ljust(longest, character))
        long = probe.begun(token, label=f"a token of {longest} code points, {len(token.encode())} bytes")
        if not long.is_success:
            probe.require_judgeable(long)
            short = probe.start(f"{probe.tokens.fresh()}{character}", label="a short token outside ASCII")
            if not short.is_success:
                probe.require_judgeable(short)
                probe.condition_unmet(_CODE_POINTS, f"tokens with characters outside ASCII are not accepted: {short}")
                return
        if probe.judge(accepted_or_used(long, _CODE_POINTS)):
            return
    probe.all_refused(_too_long(probe, ascii_only=False), _CODE_POINTS, lambda request: _ask_too_long(probe, request))
