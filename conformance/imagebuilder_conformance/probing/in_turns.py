"""Plain requests take turns in the forms of published clients."""

from dataclasses import replace

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.shared import Shared


class InTurns:
    """Sends requests of one check, and keeps their exchanges."""

    def __init__(self, check: Check, client: Client, shared: Shared) -> None:
        self.check = check
        self.client = client
        self.requests = RequestFactory(client.contract.operation)
        self.exchanges: list[Exchange] = []
        self._shared = shared
        self._takes_forms = True

    def keep_connection(self) -> None:
        """Send everything of this check from now on in plain form: with some forms the client ends the connection."""
        self._takes_forms = False

    def _in_turn(self, request: Request) -> Exchange:
        """The answer to a request in the form whose turn it is, or to the plain one where the form gets none.

        A form that is refused is sent once more after the plain one was answered, to see whether it is the reason. If
        it is answered then, it is not, and the refusal stands.
        """
        form = next(self._shared.forms) if self._may_take_a_form(request) else None
        if form is None:
            return self._send(request)
        in_form = replace(request, form=form)
        exchange = self._send(in_form)
        if exchange.is_success or exchange.is_throttled:
            # Throttling was waited for already, and is nobody's form.
            return replace(exchange, request=request)
        plain = self._send(request)
        if plain.is_success and self._send(in_form).is_success:
            return replace(exchange, request=request)
        return plain

    def _may_take_a_form(self, request: Request) -> bool:
        """Whether it is a plain start or a plain replay, on which nothing that is counted depends."""
        if self._shared.thrift is not None or self.client.target.is_aws or self.check.alone or not self._takes_forms:
            return False
        token, pipeline = request.token, request.pipeline
        if not token or pipeline not in self.client.target.pipelines or request.violates is not None:
            return False
        if request != self.requests.start(token, pipeline, request.label):
            return False
        return not any(each.request.token == token and each.request.pipeline != pipeline for each in self.exchanges)

    def _send(self, request: Request) -> Exchange:
        exchange = self.client.send(request, check=self.check.id)
        self.exchanges.append(exchange)
        return exchange
