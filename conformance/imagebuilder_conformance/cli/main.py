"""The group of commands. A command's module is imported only when it is called, so that `--help` is quick."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "run": "Judge a target, clause by clause.",
        "plan": "Say what a run would do, and what it would cost.",
        "serve": "Run the reference target alone.",
        "list": "List the clauses.",
        "explain": "Explain a clause and the checks that judge it.",
        "replay": "Send the exchanges of a failure again.",
        "cleanup": "Cancel and delete the images that a run started.",
        "export": "Write the contract for other tools: OpenAPI, JSON Schema, Smithy.",
        "render": "Write a report in another form.",
        "audit": "Judge recorded traffic, and send nothing.",
        "diff": "Compare two reports.",
        "matrix": "Put reports side by side.",
        "merge": "Make one report of those of partial runs.",
        "soak": "Let many users share tokens for a while, on one or more machines.",
        "baseline": "Keep and apply a list of known failures.",
        "drift": "Compare the contract with the SDK's model of the operation.",
        "self-test": "Prove that every defect of the reference target is found.",
    }
)


class LazyGroup(click.Group):
    """Knows its commands by name and summary, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of the commands, in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Import the command."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"imagebuilder_conformance.cli.{cmd_name.replace('-', '_')}"), "command", None)
        if not isinstance(command, click.Command):
            raise TypeError(f"expected a click command in the module of {cmd_name!r}, got {command!r}")
        return command

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Be the command of this process, which ends when it is asked to."""
        from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT
        from imagebuilder_conformance.cli.surroundings import let_go, made_our_own
        from imagebuilder_conformance.stopping import stoppable

        made_our_own()
        with stoppable(EXIT_NO_VERDICT) as stopping:
            try:
                return super().__call__(*args, **kwargs)
            except SystemExit as ended:
                let_go(sys.stdout)
                stopping.concluded(ended.code)
                raise

    def invoke(self, ctx: click.Context) -> Any:
        """Call a command. Nothing that it prints, errors too, is a command to the runner of CI that shows it."""
        from imagebuilder_conformance.cli.output import inert_output

        with inert_output():
            try:
                return self._invoke(ctx)
            except click.ClickException as error:
                # As click does, which would do it outside.
                error.show()
                ctx.exit(error.exit_code)

    def _invoke(self, ctx: click.Context) -> Any:
        """Call a command. What it raises ends in an exit code that can't be taken for a verdict."""
        from imagebuilder_conformance.cli.exits import EXIT_INTERNAL_ERROR, EXIT_NO_VERDICT
        from imagebuilder_conformance.cli.problems import UnusableError
        from imagebuilder_conformance.machine import complaint
        from imagebuilder_conformance.stopping import current
        from imagebuilder_reports.errors import ReportError

        stopping = current()
        try:
            stopping.arm()
            try:
                return super().invoke(ctx)
            finally:
                stopping.disarm()
        except ReportError as error:
            raise UnusableError(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo(f"Interrupted{f' by {stopping.requested}' if stopping.requested else ''}: no verdict.", err=True)
            ctx.exit(EXIT_NO_VERDICT)
        except Exception as error:  # Python would exit 1, which says non-conformant
            if sentence := complaint(error):
                raise UnusableError(sentence) from error
            import traceback

            traceback.print_exc()
            click.echo("The suite itself failed; this is a bug of the suite.", err=True)
            ctx.exit(EXIT_INTERNAL_ERROR)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """Write the summaries without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imagebuilder-conformance")
def main() -> None:
    """Hold an endpoint against the contract of EC2 Image Builder's StartImagePipelineExecution.

    Exit codes: 0 conformant; 1 non-conformant; 2 usage or configuration; 3 no verdict; 4 internal error.
    """
