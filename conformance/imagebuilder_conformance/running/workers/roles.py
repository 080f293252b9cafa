"""What a pytest process is in a run: alone in it, or, where xdist hands the items out, its leader or a worker."""

from collections.abc import Mapping
from typing import Protocol

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.running.sessions import RunSession, is_own, settings_of
from imagebuilder_conformance.running.workers.messages import INVITATION, Invitation, unpack
from imagebuilder_conformance.settings import AUTO

_ROLE = "imagebuilder-role"


class Role(Protocol):
    """A plugin that knows which session the run needs."""

    def session(self, config: pytest.Config, checks: Mapping[str, Check]) -> RunSession:
        """The session of these checks."""


def take_role(config: pytest.Config) -> None:
    """Make this process a leader or a worker, before xdist starts workers and before anything is collected.

    Raises `pytest.UsageError` where the options can't be used or the folder of the report can't be had.
    """
    packed = _invitation(config)
    if packed is None:
        from imagebuilder_conformance.running.workers.leading import Leader

        config.pluginmanager.register(Leader(config), _ROLE)
    elif packed:
        from imagebuilder_conformance.running.workers.working import Worker

        invitation = unpack(packed)
        if not isinstance(invitation, Invitation):
            raise TypeError(f"expected an invitation, got {type(invitation).__name__}")
        config.pluginmanager.register(Worker(invitation), _ROLE)


def session_of(config: pytest.Config, checks: Mapping[str, Check]) -> RunSession | None:
    """The session of a run with these checks; None for a worker that was not asked to make any."""
    role: Role | None = config.pluginmanager.getplugin(_ROLE)
    if role is not None:
        return role.session(config, checks)
    if not hasattr(config, "workerinput"):
        settings = settings_of(config)
        # In a pytest of the user's own, the order and the loop are theirs.
        if settings.workers == AUTO and not settings.is_limited and is_own(config):
            from imagebuilder_conformance.running.workers.beside import SideBySide

            return SideBySide(config, checks, settings)
        return RunSession(config, checks, settings)
    return None


def _invitation(config: pytest.Config) -> bytes | None:
    """The invitation of a worker, empty if it is to make nothing; None where there is none."""
    given: bytes | None = getattr(config, "workerinput", {}).get(INVITATION)
    return given
