"""What ends a command before anything is sent."""


class UsageError(Exception):
    """The configuration can't be used; the message is one sentence for people."""
