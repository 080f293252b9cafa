"""Schemathesis against a reference target: what it reports, in how many requests, how long it takes.

    python -m benchmarks.schemathesis_side.runner [NAME] [--examples N] [--seed N]

It runs as a process of its own, with the document made from the contract, the hooks beside it, and one pipeline that
the target knows. With these the conformant reference target raises no alarm.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Process, program, run_process
from benchmarks.targets import CountedTarget, counted_target
from imagebuilder_spec import DEFAULT_REVISION, Contract, load_contract
from imagebuilder_spec.exporting import openapi_document

COMMAND = program("schemathesis")
HOOKS = Path(__file__).with_name("hooks.py")
EXAMPLES = 200
# Half of the requests are for a pipeline that exists; else nearly every valid one would only be a 404.
_KNOWN_PIPELINE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class SchemathesisRun:
    """A run of Schemathesis. `findings` are the titles of its failures and errors, each with its count."""

    process: Process
    requests: int
    findings: dict[str, int]

    @property
    def alarmed(self) -> bool:
        """Whether it reported anything at all."""
        return bool(self.findings)


def run_schemathesis(
    target: CountedTarget, *, examples: int = EXAMPLES, seed: int = 1, contract: str = DEFAULT_REVISION
) -> SchemathesisRun:
    """Run Schemathesis against a target, with the document of a revision of the contract.

    Raises:
        RuntimeError: Schemathesis could not be started, or left no report.
    """
    before = target.requests
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = folder / "report.json"
        process = run_process(
            _arguments(target, folder, report, load_contract(contract), examples=examples, seed=seed),
            folder=folder,
            environment={**_environment(target), "CONTRACT": contract},
        )
        if not report.exists():
            raise RuntimeError(f"Schemathesis left no report (exit code {process.code}):\n{process.output}")
        left = json.loads(report.read_text(encoding="utf-8"))
    findings = {each["title"]: int(each["count"]) for each in (*left["failures"], *left["errors"])}
    return SchemathesisRun(process, target.requests - before, findings)


def _arguments(
    target: CountedTarget, folder: Path, report: Path, contract: Contract, *, examples: int, seed: int
) -> list[str | Path]:
    known = target.server.pipelines[:1]
    # Without it the 404 is hardly seen: the tokens that are drawn repeat, so that most other ARNs are a mismatch.
    examples_for = (*known, f"{known[0]}-that-does-not-exist")
    described, configuration = folder / "openapi.json", folder / "schemathesis.toml"
    described.write_text(json.dumps(openapi_document(contract, examples_for)), encoding="utf-8")
    configuration.write_text(_configuration(known), encoding="utf-8")
    return [
        COMMAND,
        "--config-file",
        configuration,
        "run",
        described,
        "--url",
        target.server.url,
        "--max-examples",
        str(examples),
        "--seed",
        str(seed),
        "--generation-database",
        "none",
        "--no-color",
        "--report",
        "json",
        "--report-json-path",
        report,
    ]


def _configuration(pipelines: tuple[str, ...]) -> str:
    # A JSON string or array of strings is TOML too.
    return f"""\
hooks = {json.dumps(str(HOOKS))}

[dictionaries.known-pipelines]
values = {json.dumps(pipelines)}

[parameters]
"body.imagePipelineArn" = {{ dictionary = "known-pipelines", probability = {_KNOWN_PIPELINE_SHARE} }}
"""


def _environment(target: CountedTarget) -> dict[str, str]:
    server = target.server
    return {
        "AWS_ACCESS_KEY_ID": server.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.credentials.secret_access_key,
        "AWS_REGION": server.region,
    }


def main() -> None:
    """Run it once and print what came."""
    options = argparse.ArgumentParser(description="Run Schemathesis against a reference target.")
    options.add_argument("name", nargs="?", metavar="NAME", help="a defect or a variation; none by default")
    options.add_argument("--examples", type=int, default=EXAMPLES, metavar="N", help="default: %(default)s")
    options.add_argument("--seed", type=int, default=1, metavar="N", help="default: %(default)s")
    options.add_argument("--verbose", action="store_true", help="print what Schemathesis printed")
    chosen = options.parse_args()
    with counted_target(chosen.name) as target:
        run = run_schemathesis(target, examples=chosen.examples, seed=chosen.seed)
    if chosen.verbose:
        print(run.process.output)
    times = f"{run.process.seconds:.1f} s by the clock, {run.process.cpu:.1f} s of the processor"
    print(f"{run.requests} requests, {times}, exit code {run.process.code}")
    for title, count in run.findings.items():
        print(f"{count:>4} {title}")


if __name__ == "__main__":
    main()
