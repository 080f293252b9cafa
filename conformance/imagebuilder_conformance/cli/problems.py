"""What ends a command with one sentence for people, and the exit code that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT, EXIT_USAGE
from imagebuilder_conformance.configuration.usage import UsageError


class _SentenceError(click.ClickException):
    """A sentence, which may quote a file or a target: it is made printable, and stays a sentence."""

    def format_message(self) -> str:
        """The sentence as it is shown."""
        from imagebuilder_reports.legible import shown_in_line

        return shown_in_line(self.message)


class UnusableError(_SentenceError):
    """What the command was given can't be used."""

    exit_code = EXIT_USAGE


class NoVerdictError(_SentenceError):
    """The command could not be brought to its end: the target can't be reached, or not any more."""

    exit_code = EXIT_NO_VERDICT


@contextmanager
def usage() -> Iterator[None]:
    """Tell of a configuration that can't be used as click tells of its own."""
    try:
        yield
    except UsageError as error:
        raise click.UsageError(str(error)) from None
