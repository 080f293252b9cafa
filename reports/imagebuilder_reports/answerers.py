"""Who gave an answer: the target itself, or a gateway in front of it whose headers show."""

from collections import Counter
from collections.abc import Iterable, Mapping

from imagebuilder_reports.events import AttemptRecord, ExchangeRecord

_REQUEST_ID = "x-amzn-requestid"
_SERVER = "server"
# How often the target's own answers must carry something until one without it is another's: nearly always, and several.
_SHARE = 0.9
_LEAST = 3

# Headers by which gateways name themselves, and those that only one of them sends.
_NAMING = ("via", "x-served-by", "x-gateway", "x-proxy")
_TELLING: Mapping[str, str] = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "CloudFront",
    "apigw-requestid": "API Gateway",
    "x-amz-apigw-id": "API Gateway",
    "x-azure-ref": "Azure Front Door",
    "x-varnish": "Varnish",
    "x-envoy-upstream-service-time": "Envoy",
    "x-kong-response-latency": "Kong",
    "x-litespeed-cache": "LiteSpeed",
}


class Answerers:
    """What the target's own answers carry, learnt from those that are of the operation: successes and coded errors."""

    def __init__(self, exchanges: Iterable[ExchangeRecord]) -> None:
        self._own = 0
        self._with_id = 0
        self._servers: Counter[str] = Counter()
        for exchange in exchanges:
            if exchange.last.status is not None and (exchange.image or exchange.code):
                headers = _headers(exchange.last)
                self._own += 1
                self._with_id += _REQUEST_ID in headers
                self._servers[headers.get(_SERVER, "")] += 1

    def of(self, attempt: AttemptRecord) -> str:
        """Who answered, as a sentence, where it does not look like the target; else empty."""
        if attempt.status is None or self._own < _LEAST:
            return ""
        headers = _headers(attempt)
        lacking = []
        if _REQUEST_ID not in headers and self._with_id >= _SHARE * self._own:
            lacking.append("x-amzn-RequestId")
        server, common = headers.get(_SERVER, ""), self._common_server()
        if common and server not in self._servers:
            lacking.append(f"Server: {common}")
        foreign = server if server and server not in self._servers else None
        # Without a header of the target's there is nobody to tell a second server of a cluster from a gateway.
        if not lacking and not (foreign and common is not None):
            return ""
        missing = f", without the {' and the '.join(lacking)} of its other answers" if lacking else ""
        gateway = _gateway(headers, foreign)
        if gateway:
            return f"answered by {gateway} in front of the target, as its headers show{missing}"
        return f"answered by something in front of the application, such as its framework or a gateway{missing}"

    def _common_server(self) -> str | None:
        """The one value of `Server` that nearly all of the target's answers have; empty if none has any."""
        [(server, count)] = self._servers.most_common(1)
        return server if count >= _SHARE * self._own else None


def _gateway(headers: Mapping[str, str], foreign: str | None) -> str | None:
    """The name of a gateway, and the header that has it."""
    if foreign:
        return f"{foreign} (Server)"
    for name in _NAMING:
        if name in headers:
            return f"{headers[name]} ({name.title()})"
    return next((f"{gateway} ({name})" for name, gateway in _TELLING.items() if name in headers), None)


def _headers(attempt: AttemptRecord) -> dict[str, str]:
    return {name.lower(): value for name, value in attempt.headers}
