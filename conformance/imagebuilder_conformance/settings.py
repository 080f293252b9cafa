"""The resolved configuration of a run: flag beats environment beats file."""

from dataclasses import dataclass, field
from pathlib import Path

from imagebuilder_conformance.configuration.endpoint import aws_endpoint, resolve_target
from imagebuilder_conformance.configuration.selection import check_prefixes, contract_of, in_prefix, suites_of
from imagebuilder_conformance.configuration.sources import Sources, gather
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.configuration.values import max_executions_of, rate_limit_of, seed_of, workers_of
from imagebuilder_conformance.extras import installed_suites
from imagebuilder_conformance.target import Target, is_aws_host
from imagebuilder_spec import DEFAULT_REVISION, Suite

__all__ = ["DEFAULT_SEED", "Settings", "Sources", "UsageError", "aws_endpoint", "in_prefix", "resolve"]

DEFAULT_SEED = 20_260_403


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a run. `target` is None where the embedded reference target is meant.

    `workers` is how many are asked for; `at_work` says how many there will be.
    """

    target: Target | None
    contract: str = DEFAULT_REVISION
    suites: tuple[Suite, ...] = field(default_factory=installed_suites)
    prefixes: tuple[str, ...] = ()
    max_executions: int | None = None
    rate_limit: float | None = None
    strict: bool = False
    allow_incomplete: bool = False
    seed: int = DEFAULT_SEED
    report_dir: Path | None = None
    baseline: Path | None = None
    workers: int = 1

    @property
    def at_work(self) -> int:
        """How many workers make the checks: a limit of executions is kept by one."""
        return 1 if self.is_limited else self.workers

    @property
    def is_limited(self) -> bool:
        """Whether the run may start so many executions only; on AWS it always has a limit."""
        on_aws = self.target is not None and is_aws_host(self.target.host)
        return self.max_executions is not None or on_aws

    def describe(self) -> dict[str, str]:
        """The configuration of the run for people, the target apart, without secrets."""
        return {
            "contract": self.contract,
            "suites": ", ".join(self.suites),
            **({"clauses": ", ".join(self.prefixes)} if self.prefixes else {}),
            **({"max executions": str(self.max_executions)} if self.max_executions is not None else {}),
            **({"rate limit": f"{self.rate_limit:g} requests a second"} if self.rate_limit is not None else {}),
            "seed": str(self.seed),
            **({"workers": self._workers()} if self.workers > 1 else {}),
            **({"baseline": str(self.baseline)} if self.baseline else {}),
        }

    def _workers(self) -> str:
        few = "1, as a limit of executions is kept by one"
        return str(self.workers) if self.at_work == self.workers else few


def resolve(sources: Sources, *, report_dir: str | None = None, sends: bool = True) -> Settings:
    """Resolve the configuration of a run; `report_dir` is where the report goes unless something says otherwise.

    `sends` says that something is to be sent: that takes credentials, and on AWS a word of its own.

    Raises `UsageError` for what can't be used, with one sentence that says what was expected. Makes nothing: the folder
    of the report is made by who writes to it.
    """
    options = gather(sources)
    target = resolve_target(options, sources.environ, sends=sends)
    prefixes = tuple(options.get("prefixes", ()))
    contract = contract_of(options.get("contract", DEFAULT_REVISION))
    suites = suites_of(options.get("suite"), prefixes, embedded=target is None)
    check_prefixes(prefixes, suites, contract)
    folder = options.get("report_dir", report_dir)
    return Settings(
        target=target,
        contract=contract,
        suites=suites,
        prefixes=prefixes,
        max_executions=max_executions_of(options.get("max_executions")),
        rate_limit=rate_limit_of(options.get("rate_limit")),
        strict=bool(options.get("strict")),
        allow_incomplete=bool(options.get("allow_incomplete")),
        seed=seed_of(options.get("seed", DEFAULT_SEED)),
        report_dir=Path(folder) if folder is not None else None,
        baseline=Path(options["baseline"]) if "baseline" in options else None,
        workers=workers_of(options.get("workers", 1)),
    )
