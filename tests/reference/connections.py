"""A connection that is none, for calls that are made without a server."""


class FakeConnection:
    def __init__(self) -> None:
        self.closing = False

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.closing = True
