"""The resolved configuration of a run: flag beats environment beats file."""

from dataclasses import dataclass, field
from pathlib import Path

from imagebuilder_conformance.configuration.credentials import is_real
from imagebuilder_conformance.configuration.endpoint import aws_endpoint, resolve_target
from imagebuilder_conformance.configuration.provision import Provision, provision_of
from imagebuilder_conformance.configuration.selection import check_prefixes, contract_of, in_prefix, suites_of
from imagebuilder_conformance.configuration.sources import Sources, gather
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.configuration.values import (
    AUTO,
    debug_log_of,
    failed_in_of,
    max_executions_of,
    rate_limit_of,
    report_dir_of,
    retention_of,
    sdk_python_of,
    seed_of,
    stop_after_of,
    time_limit_of,
    workers_of,
)
from imagebuilder_conformance.extras import installed_suites
from imagebuilder_conformance.target import Target
from imagebuilder_reports.legible import plural
from imagebuilder_reports.provisioned import Provisioned
from imagebuilder_spec import DEFAULT_REVISION, Suite, load_contract

__all__ = ["AUTO", "DEFAULT_SEED", "Settings", "Sources", "UsageError", "aws_endpoint", "in_prefix", "resolve"]

DEFAULT_SEED = 20_260_403


@dataclass(frozen=True, slots=True)
class Again:
    """What a run makes again of an earlier one: the ids of the checks, and of the clauses that may be judged anew."""

    checks: frozenset[str]
    clauses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made on the target for a run, and the nonce of that run, by which the list of it is found."""

    nonce: str
    resources: tuple[Provisioned, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a run. `target` is None where the embedded reference target is meant.

    `workers` is how many are asked for, or `AUTO`; `at_work` says how many there will be, or are at the least.
    `time_limit` is in seconds, and so is `retention`, the age that the first token has at least when it is replayed
    last; None: 1.5 without a budget. `contract_given` says that the revision was asked for, and is not just the
    default. `stop_after` is the number of failed checks that ends the run. `failed_in` is the report of which what
    failed is made again, and `again` is what that is, once the report was read. `sdk_python` is the interpreter that
    makes the calls of the suite `sdk`; None: this one. `provision` says that the run makes its own pipelines, and
    `made` is what it made, once it was.
    """

    target: Target | None
    contract: str = DEFAULT_REVISION
    contract_given: bool = False
    suites: tuple[Suite, ...] = field(default_factory=installed_suites)
    prefixes: tuple[str, ...] = ()
    max_executions: int | None = None
    rate_limit: float | None = None
    time_limit: float | None = None
    retention: float | None = None
    strict: bool = False
    allow_incomplete: bool = False
    seed: int = DEFAULT_SEED
    report_dir: Path | None = None
    baseline: Path | None = None
    workers: int = 1
    thorough: bool = False
    sdk_python: Path | None = None
    stop_after: int | None = None
    failed_in: Path | None = None
    again: Again | None = None
    debug_log: Path | None = None
    provision: Provision | None = None
    made: Made | None = None

    @property
    def at_work(self) -> int:
        """How many workers make the checks: a limit of executions is kept by one."""
        return 1 if self.is_limited else max(1, self.workers)

    @property
    def is_limited(self) -> bool:
        """Whether the run may start so many executions only; on AWS it always has a limit."""
        return self.max_executions is not None or self.on_aws

    @property
    def on_aws(self) -> bool:
        """Whether the target is AWS's own."""
        return self.target is not None and self.target.is_aws

    @property
    def caution(self) -> str | None:
        """What to know beforehand of a target that may be AWS by another name; None of others."""
        target = self.target
        if target is None or target.is_loopback or target.is_aws:
            return None
        if not is_real(target.credentials.access_key_id):
            return None
        return f"if AWS is behind {target.host}, each accepted request starts a build there that costs money"

    @property
    def suites_taken(self) -> tuple[Suite, ...]:
        """The suites that what is selected is of: where clauses are named, not all that they may be of."""
        clauses = list(load_contract(self.contract).clauses.values())
        if self.prefixes:
            clauses = [each for each in clauses if any(in_prefix(each.id, prefix) for prefix in self.prefixes)]
        if self.again:
            clauses = [each for each in clauses if each.id in self.again.clauses]
        taken = {each.suite for each in clauses}
        return tuple(suite for suite in self.suites if suite in taken)

    def describe(self) -> dict[str, str]:
        """The configuration of the run for people, the target apart, without secrets."""
        credentials = self.target.credentials if self.target else None
        return {
            **({"credentials": f"{credentials.access_key_id} from {credentials.origin}"} if credentials else {}),
            **({"cost": self.caution} if self.caution else {}),
            **({"provision": self.provision.words} if self.provision else {}),
            "contract": self.contract,
            "suites": ", ".join(self.suites_taken)
            + (", which the named clauses are of" if self.prefixes or self.again else ""),
            **({"clauses": ", ".join(self.prefixes)} if self.prefixes else {}),
            **(
                {"failed in": f"{self.failed_in}: {plural(len(self.again.checks), 'check')} again"}
                if self.again
                else {}
            ),
            **({"stop after": plural(self.stop_after, "failed check")} if self.stop_after is not None else {}),
            **({"max executions": str(self.max_executions)} if self.max_executions is not None else {}),
            **({"rate limit": f"{self.rate_limit:g} requests a second"} if self.rate_limit is not None else {}),
            **({"time limit": f"{self.time_limit:g} seconds"} if self.time_limit is not None else {}),
            **({"retention": f"{self.retention:g} seconds"} if self.retention is not None else {}),
            **({"thorough": "more rounds, and every pair of tokens"} if self.thorough else {}),
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
    failed_in = failed_in_of(options.get("failed_in"))
    # A report names clauses too.
    narrowed = bool(prefixes or failed_in)
    sdk_python = sdk_python_of(options.get("sdk_python"))
    suites = suites_of(
        options.get("suite"), narrowed=narrowed, embedded=target is None, sdk_elsewhere=sdk_python is not None
    )
    check_prefixes(prefixes, suites, contract)
    folder = report_dir_of(options.get("report_dir", report_dir))
    return Settings(
        target=target,
        contract=contract,
        contract_given="contract" in options,
        suites=suites,
        prefixes=prefixes,
        max_executions=max_executions_of(options.get("max_executions")),
        rate_limit=rate_limit_of(options.get("rate_limit")),
        time_limit=time_limit_of(options.get("time_limit")),
        retention=retention_of(options.get("retention"), time_limit_of(options.get("time_limit"))),
        thorough=bool(options.get("thorough")),
        strict=bool(options.get("strict")),
        allow_incomplete=bool(options.get("allow_incomplete")),
        seed=seed_of(options.get("seed", DEFAULT_SEED)),
        report_dir=folder,
        baseline=Path(options["baseline"]) if "baseline" in options else None,
        workers=workers_of(options.get("workers", "auto")),
        sdk_python=sdk_python,
        stop_after=stop_after_of(options.get("stop_after")),
        failed_in=failed_in,
        debug_log=debug_log_of(options.get("debug_log")),
        provision=provision_of(options, sends=sends),
    )
