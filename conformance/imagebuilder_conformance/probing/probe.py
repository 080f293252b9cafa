"""The probe: what a check holds in its hands to question the target and to judge what came."""

from collections.abc import Callable, Iterable, Iterator
from typing import Never, TypeVar

from hypothesis.strategies import SearchStrategy

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.excuses import excuse_of
from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding
from imagebuilder_conformance.oracles.parameters import is_legal_elsewhere
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.probing.draws import draw
from imagebuilder_conformance.probing.notebook import Notebook
from imagebuilder_conformance.probing.sending import InconclusiveError, Sender
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.thrift import Thrift
from imagebuilder_conformance.probing.tokens import Tokens

Example = TypeVar("Example")

_THOROUGH_ROUNDS = 6


class Probe(Sender, Notebook):
    """Sends, takes notes, and makes do with the starts that checks share where the run has a budget."""

    def __init__(self, check: Check, client: Client, tokens: Tokens, shared: Shared, *, seed: int) -> None:
        Sender.__init__(self, check, client, tokens, shared)
        Notebook.__init__(self)
        self.seed = seed

    def judge(self, findings: Iterable[Finding]) -> list[Failure]:
        """Take note of what an oracle found, of what it could not judge too, and give back what was broken."""
        found = list(findings)
        self.excused.extend(finding.exchange for finding in found if isinstance(finding, Excused))
        return super().judge(found)

    def draw(self, strategy: SearchStrategy[Example], count: int) -> list[Example]:
        """Examples of a strategy, the same for the same seed of the run."""
        return draw(strategy, count, seed_=self.seed)

    def all_refused(
        self, requests: Iterable[Request], clause: str, ask: Callable[[Request], Exchange] | None = None
    ) -> bool:
        """Send invalid requests, the first ones first, until one is not refused; tells whether all were.

        `ask` gives the answer that shows it; without it they are just sent.

        After one that another revision of the contract allows come those that none allows, so that a target which
        keeps neither revision is not taken for one that keeps the other.
        """
        excused = False
        for request in requests:
            if excused and is_legal_elsewhere(request, self.contract):
                continue
            broken = self.judge(refused((ask or self.send)(request), clause))
            if not all(failure.allowed_elsewhere(self.contract) for failure in broken):
                return False
            excused = excused or bool(broken)
        return not excused

    def give_up(self, reason: str) -> Never:
        """End the check: what is not judged yet is inconclusive. Raises `InconclusiveError`."""
        raise InconclusiveError(reason)

    # Starts that checks share

    @property
    def thrift(self) -> Thrift | None:
        """The starts that checks share under a budget; None without one."""
        return self._shared.thrift

    @property
    def thorough(self) -> bool:
        """Whether the run asks also what it seldom pays to ask."""
        return self._shared.thorough

    @property
    def retention(self) -> float | None:
        """How old the first token is to be when it is replayed last, in seconds; None: nobody asked for an age."""
        return self._shared.retention

    def rounds(self, usual: int) -> int:
        """How many rounds of a race there are: what is narrow is met by more of them."""
        return usual * _THOROUGH_ROUNDS if self.thorough else usual

    @property
    def measures_tokens(self) -> bool:
        """Whether the target refused a token for its length, for a pipeline that does not exist."""
        return self._shared.fit is not None and self._shared.fit.measures

    def token(self, start: SharedStart, otherwise: str | None = None) -> str:
        """A token to start with: under a budget that of the shared start, else `otherwise`, or a fresh one."""
        return self.thrift.token(start) if self.thrift else otherwise or self.tokens.fresh()

    def original(self) -> Exchange:
        """A start to replay: one of its own, or under a budget that of the run, which is paid for already.

        That of the run will also do where the account lets nobody start any more: a replay starts nothing.

        Raises `InconclusiveError` where it did not succeed.
        """
        if self.thrift is None:
            own = self.start(label="an original")
            excuse = excuse_of(own)
            if excuse is None or not excuse.is_of_the_account or self._shared.first is None:
                return self.require(own)
            self.excused.append(own)
        return self.require(self.first_start())

    def may_start(self) -> bool:
        """Start one more image; tells whether the account lets it.

        Raises `InconclusiveError` where the start is refused for another reason.
        """
        start = self.start()
        excuse = excuse_of(start)
        if excuse is not None and excuse.is_of_the_account:
            self.excused.append(start)
            return False
        self.require(start)
        return True

    def begun(self, token: str, label: str = "a valid request") -> Exchange:
        """A start with this token: under a budget that which another check has made, if one has."""
        begun = self.thrift.begun(token) if self.thrift else None
        if begun is None:
            begun = self.start(token, label=label)
            if self.thrift is not None:
                self.thrift.keep(begun)
        else:
            self.exchanges.append(begun)
        return begun

    def valid(self, make: Callable[[str], Request]) -> Exchange:
        """Send the valid request that `make` makes for a token.

        Under a budget that of the first start will do: it is paid for. Where it is refused, a fresh one is sent, so
        that not the request is blamed for what is the token's.
        """
        first = self._shared.first if self.thrift else None
        if first is not None and first.image is not None:
            exchange = self.send(make(first.request.token or ""))
            if exchange.is_success or excuse_of(exchange):
                return exchange
        return self.send(make(self.tokens.fresh()))

    def turns(self, *starts: SharedStart, rounds: int) -> Iterator[tuple[str, ...]]:
        """Tokens that nobody used before, as many as `starts`, for each round of a check.

        Under a budget there is one round, with the tokens of the shared starts; and one with plain tokens if these
        were used before or prove unfit. A token that is unfit has cost nothing, so its unit pays for the plain one.
        """
        if self.thrift is None:
            yield from (tuple(self.tokens.fresh() for _ in starts) for _ in range(rounds))
            return
        tokens = tuple(map(self.thrift.token, starts))
        unused = not any(map(self.thrift.begun, tokens))
        if unused:
            yield tokens
        if not unused or self.is_unfit(*tokens):
            self._keep(tokens, self.thrift)
            yield tuple(self.tokens.fresh() for _ in starts)

    def _keep(self, tokens: tuple[str, ...], thrift: Thrift) -> None:
        """Keep the last answer to each token, which the checks of tokens then judge."""
        for exchange in reversed(self.exchanges):
            if exchange.request.token in tokens and exchange.request.pipeline == self.pipeline and exchange.answer:
                thrift.keep(exchange)

    def is_unfit(self, *tokens: str) -> bool:
        """Whether shared tokens say nothing of this check: no success came for one, or the image of another token.

        They are refused, or taken for others, for what they are; that is for the checks of tokens to judge.
        """
        return self.thrift is not None and any(self._is_unfit(token, self.thrift) for token in tokens)

    def _is_unfit(self, token: str, thrift: Thrift) -> bool:
        images = [each.image for each in self.exchanges if each.image and each.request.token == token]
        return thrift.is_shared(token) and (not images or any(thrift.owner(image) != token for image in images))
