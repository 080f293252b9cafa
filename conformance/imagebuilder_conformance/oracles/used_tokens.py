"""What happens to a token beside its image: whether a refusal uses it up, whether replays start hidden builds."""

import re
from collections.abc import Iterator, Sequence

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held

_BUILD_NUMBER = re.compile(r"^(.+)/([0-9]+)$", re.DOTALL)


class TokenUsedUp(Failure):
    """A token whose request was refused can't be used any more."""

    code = "refused.token-used-up"
    title = "A refused request used its token up"
    hint = "Record the token when the request succeeds, not when it arrives."


class HiddenBuilds(Failure):
    """Build numbers are missing where requests were sent that should have started nothing."""

    code = "replay.hidden-builds"
    title = "Requests that should start nothing leave gaps in the build numbers"
    hint = "Something is started before the token is looked up; others using the target would leave gaps too."


@oracle(TokenUsedUp, excused_by=ALL - {Excuse.KEPT})
def token_left_free(refused: Exchange, retry: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request with the token of a refused one is a success."""
    if retry.is_success:
        yield Held(clause)
    else:
        yield TokenUsedUp(clause, "a success, as the token started nothing yet", str(retry), (refused, retry))


def build_number(exchange: Exchange) -> tuple[str, int] | None:
    """The image's version and the number of its build, or None where the answer names none."""
    found = _BUILD_NUMBER.match(exchange.image or "")
    return (found[1], int(found[2])) if found else None


@oracle(HiddenBuilds, replay="it shows only among requests that are not in the report")
def no_hidden_builds(
    quiet: Sequence[int], busy: Sequence[int], sent: Sequence[int], evidence: tuple[Exchange, ...], clause: str
) -> Iterator[Finding]:
    """The steps of the build numbers do not grow with the requests that should start nothing.

    `quiet` and `busy` are the steps without and with such requests, `sent` how many each busy window held. Others
    may use the target, so gaps count only if they keep exact pace with the requests and quiet windows have none.
    """
    surplus = {(step - quiet[0]) / count for step, count in zip(busy, sent, strict=True)}
    if len(set(quiet)) == 1 and len(surplus) == 1 and min(surplus) >= 1:
        received = f"steps of {', '.join(map(str, busy))} with {', '.join(map(str, sent))} such requests in between"
        yield HiddenBuilds(clause, f"steps of {quiet[0]}, as without them", received, evidence)
    else:
        yield Held(clause)
