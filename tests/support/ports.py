"""Ports of this machine."""

import socket


def free_port() -> int:
    """A port that nobody listens at now; somebody else may take it before it is used."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
