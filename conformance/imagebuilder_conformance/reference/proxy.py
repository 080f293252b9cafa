"""The fault interface in front of a target that does not speak it: a proxy that hands everything else on as it is."""

import asyncio
import http.client
import json
import re
from typing import Any, ClassVar
from urllib.parse import SplitResult, unquote, urlsplit

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import HangUp, demanded_fault
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_spec import FAULT_HEADER

# How long the body is, which is stated anew, and what else belongs to one connection only (RFC 9110).
_FRAMING = frozenset({"transfer-encoding", "content-length"})
_OF_THE_CONNECTION = _FRAMING | {"connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"}
_SIGNED = re.compile(r"\bSignedHeaders=([^\s,&]+)")
_TIMEOUT = 30.0


class Proxy(Behaviour):
    """Raises what is demanded, and hands on the rest.

    The host that the client named is handed on too: it is signed. The demand, and what belongs to the connection,
    is handed on only where it is signed: without it the signature would not fit. A target that hangs up makes the proxy
    hang up.
    """

    body_limit = 64 * 1024 * 1024
    upstream: ClassVar[SplitResult]

    async def answer(self, call: Call) -> Answer:
        """Raise the demanded fault before or after handing on, or hand on."""
        demand = self.demand(call)
        if demand is not None and not demand.after:
            return self.refuse(call, demanded_fault(demand))
        answer = await asyncio.to_thread(self.hand_on, call)
        if demand is None or answer.status != self.operation.success_status:
            return answer
        return self.refuse(call, demanded_fault(demand, _image(answer)))

    def hand_on(self, call: Call) -> Answer:
        """Ask the target, over a connection of its own. Raises `HangUp` where it does not answer."""
        connect = http.client.HTTPSConnection if self.upstream.scheme == "https" else http.client.HTTPConnection
        connection = connect(self.upstream.netloc, timeout=_TIMEOUT)
        try:
            connection.putrequest(call.method, _target(self.upstream, call), skip_host=True, skip_accept_encoding=True)
            kept_back = _kept_back(call)
            for name, value in call.headers.items():
                if name not in kept_back:
                    connection.putheader(name, value.encode("latin-1"))
            connection.putheader("content-length", str(len(call.body)))
            connection.endheaders(call.body)
            response = connection.getresponse()
            headers = {name: value for name, value in response.getheaders() if name.lower() not in _OF_THE_CONNECTION}
            return Answer(response.status, response.read(), headers)
        except (OSError, http.client.HTTPException) as error:
            raise HangUp from error
        finally:
            connection.close()


def proxy_for(url: str) -> type[Proxy]:
    """A proxy for the target at this URL.

    Raises:
        ValueError: It is no HTTP URL.
    """
    parts = urlsplit(url)
    # A port that is no number raises a ValueError of its own.
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.port == 0:
        raise ValueError(f"expected http://HOST[:PORT] or https://HOST[:PORT], got {url!r}")
    return type("ProxyForTarget", (Proxy,), {"upstream": parts})


def _kept_back(call: Call) -> frozenset[str]:
    """The names of the headers that are not handed on."""
    found = _SIGNED.search(f"{call.headers.get('authorization', '')} {unquote(call.query)}")
    signed = found[1].lower().split(";") if found else ()
    return _FRAMING | (_OF_THE_CONNECTION | {FAULT_HEADER}).difference(signed)


def _target(upstream: SplitResult, call: Call) -> str:
    path = upstream.path.rstrip("/") + call.path
    return f"{path}?{call.query}" if call.query else path


def _image(answer: Answer) -> str | None:
    try:
        document: Any = json.loads(answer.body)
    except ValueError:
        return None
    value = document.get("imageBuildVersionArn") if isinstance(document, dict) else None
    return value if isinstance(value, str) else None
