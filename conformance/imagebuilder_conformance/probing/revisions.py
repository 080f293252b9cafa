"""Which revision of the contract a target follows, asked for free before anything that can start a build.

The revisions differ in how long a token may be. So a token that is too long for one of them and not for the next is
sent for a pipeline that does not exist: it is refused for its length, or its pipeline is not found.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.starts import NOT_FOUND
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_conformance.target import sibling
from imagebuilder_spec import load_contract, revisions


@dataclass(frozen=True, slots=True)
class Fit:
    """The revisions that the answers fit, none if they fit none or don't tell; `sentence` says so to people.

    `measures` says that a token was refused for its length alone: the target measures tokens before it looks a pipeline
    up, so that a token whose pipeline is not found is not too long for it.
    """

    revisions: tuple[str, ...]
    sentence: str
    measures: bool = False


def known_fit(revision: str) -> Fit:
    """What the embedded target, which nobody asks, is made to follow."""
    return Fit((revision,), f"the target is made to follow {revision}", measures=True)


def ask_revision(client: Client, tokens: Tokens, unknown: Exchange, *, check: str) -> Fit:
    """Ask until a token is refused for its length; `unknown` is the answer to a plain one for an unknown pipeline.

    Raises what `Client.send` raises.
    """
    if not is_not_found(unknown):
        return Fit((), f"which revision it follows can't be told: an unknown pipeline was answered {unknown}")
    requests, limits = RequestFactory(client.contract.operation), _limits()
    asked = unknown
    for limit in sorted(set(limits.values())):
        token = tokens.fresh().ljust(limit + 1, "x")
        label = f"a token of {len(token)} characters for an unknown pipeline"
        pipeline = sibling(client.target.pipelines[0], tokens.fresh())
        asked = client.send(requests.start(token, pipeline, label), check=check)
        if is_not_found(asked):
            continue
        if asked.answer is None or asked.answer.status != 400:
            return Fit((), f"which revision it follows can't be told: {label} was answered {asked}")
        those = tuple(revision for revision, longest in limits.items() if longest == limit)
        words = f"the answers fit {' and '.join(those)}: tokens of up to {limit} characters"
        return Fit(those, f"{words}, as {label} was answered {asked}", measures=True)
    return Fit(
        (),
        f"the answers fit no revision: {asked.request.label} was answered {asked}; the target looks pipelines up "
        f"before it measures tokens, or takes them at any length",
    )


def is_not_found(exchange: Exchange) -> bool:
    """Whether an answer says that the pipeline is not there."""
    answer = exchange.answer
    return answer is not None and answer.code == NOT_FOUND


def _limits() -> Mapping[str, int]:
    """The greatest length of a token in each revision."""
    return {revision: load_contract(revision).token_lengths.stop - 1 for revision in revisions()}
