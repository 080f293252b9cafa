"""Why a target can't be reached, in a sentence that says what to do."""

import socket
import ssl
from urllib.parse import urlsplit

from urllib3.util import parse_url

from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.target import Target

# How long to wait, in seconds, for an answer that only serves the sentence.
_PATIENCE = 2.0


def nothing_listens(target: Target) -> str:
    """The sentence on a target that refuses connections, or whose host nobody knows."""
    try:
        socket.getaddrinfo(target.host, None)
    except OSError as error:
        said = error.strerror or str(error)
        return f"the host {target.host!r} of {target.endpoint} has no address ({said.lower()}): look at its spelling"
    return f"nothing listens at {target.endpoint}"


def no_answer(target: Target, last: Exchange) -> str:
    """The sentence on a target that takes connections and answers none of the first requests."""
    said, attempt = f"{target.endpoint} does not answer: {last}", last.attempts[-1]
    if attempt.fault is Fault.TLS and "CERTIFICATE_VERIFY_FAILED" in attempt.detail:
        return f"{said}; --ca-bundle names the certificates to trust"
    if attempt.fault is Fault.TLS and _speaks_plainly(target):
        return f"{said}; plain HTTP is spoken there: say http://"
    if urlsplit(target.endpoint).scheme == "http" and _speaks_tls(target):
        return f"{said}; TLS is spoken there: say https://"
    return said


def _connected(target: Target) -> socket.socket:
    address = parse_url(target.endpoint)
    port = address.port or (443 if address.scheme == "https" else 80)
    return socket.create_connection((target.host, port), timeout=_PATIENCE)


def _speaks_plainly(target: Target) -> bool:
    try:
        with _connected(target) as connection:
            # A path that does nothing anywhere: what is asked for is the form of the answer.
            connection.sendall(f"HEAD / HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
            return connection.recv(5) == b"HTTP/"
    except (OSError, ValueError):
        return False


def _speaks_tls(target: Target) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            _connected(target) as connection,
            context.wrap_socket(connection, server_hostname=target.host),
        ):
            return True
    except (OSError, ValueError):
        return False
