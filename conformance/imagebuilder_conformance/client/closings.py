"""Whether a request met a kept connection that its peer had closed already: the two may cross on the wire."""

import select
import socket
import struct
import sys

# The round trip in microseconds, in Linux's `tcp_info`.
_ROUND_TRIP = struct.Struct("=68xI")
# A reset comes after a round trip; a system that is busy takes some time more. Both in seconds.
_BUSY = 0.02
_LONGEST = 1.0


def went_unread(sock: socket.socket) -> bool:
    """Whether what was sent last on a connection that its peer ended came after that end.

    A server may close a kept connection at any time (RFC 9112, 9.3 and 9.5). The system of one that had closed it
    answers the request with a reset; one that closes it having read the request sends none. False where the system
    does not tell.
    """
    if sys.platform != "linux":
        return False
    poll = select.poll()
    try:
        poll.register(sock, 0)  # errors and hang-ups are told unasked
        (micros,) = _ROUND_TRIP.unpack(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ROUND_TRIP.size))
        return bool(poll.poll(1000 * min(2 * micros / 1e6 + _BUSY, _LONGEST)))
    except (OSError, ValueError, struct.error):
        return False
