"""What a run would do, before anything is sent: clauses, checks, exchanges, image builds, permissions."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.running.costs import least_executions, limit_of
from imagebuilder_conformance.running.selection import select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import arn_scope, is_aws_host
from imagebuilder_spec import load_contract

# As measured against the reference target: a check sends some requests beside its starts.
_EXCHANGES_OF_A_CHECK = 3.8
_EXCHANGES_OF_A_START = 1.5
# No more than an estimate, so it is a round figure.
_TENS = 10
# What is assumed of a build on AWS: how long it takes, in minutes, with an instance of its own.
_MINUTES_OF_A_BUILD = (20, 40)

# Starting depends on the second.
_ACTIONS = ("imagebuilder:StartImagePipelineExecution", "imagebuilder:GetImagePipeline")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    `exchanges` is an estimate. `executions` is the most builds that a conformant target starts; None: no limit.
    `least` is how many judge every selected, active MUST; `declared` how many the checks start without a limit, at
    least. `policy` is what IAM has to allow.
    """

    target: str
    on_aws: bool
    contract: str
    suites: tuple[str, ...]
    clauses: tuple[str, ...]
    checks: tuple[str, ...]
    exchanges: int
    executions: int | None
    least: int
    declared: int
    policy: dict[str, Any]

    @property
    def sentence(self) -> str:
        """The plan in one sentence."""
        judged = f"{len(self.checks)} checks judge {len(self.clauses)} clauses with about {self.exchanges} requests"
        if self.executions is None:
            return f"{judged}, and start about {self.declared} image builds"
        if not self.executions:
            return f"{judged}, and start no image build"
        return f"{judged}, and start at most {self.executions} image builds"

    @property
    def cost(self) -> str:
        """What that takes on AWS, in words; no prices, as they depend on the instance and the region."""
        if self.executions is None:
            return "without a limit each accepted request starts a build: free of charge on an emulator, not on AWS"
        if not self.executions:
            return "nothing is built"
        least, most = _MINUTES_OF_A_BUILD
        return (
            f"on AWS {self.executions} builds take an instance each for about half an hour, assumed that a build "
            f"takes {least} to {most} minutes, and leave as many images; those of one pipeline may have to wait"
        )

    def record(self) -> dict[str, Any]:
        """The plan for machines."""
        return {**asdict(self), "sentence": self.sentence, "cost": self.cost}


def plan(settings: Settings, checks: Iterable[Check]) -> Plan:
    """What a run by these settings would do."""
    contract = load_contract(settings.contract)
    selection = select(settings, contract, checks)
    limit = limit_of(settings, selection)
    declared = sum(check.executions for check in selection.checks)
    starts = declared if limit is None else min(limit, declared)
    return Plan(
        target=settings.target.endpoint if settings.target else "the embedded reference target",
        on_aws=settings.target is not None and is_aws_host(settings.target.host),
        contract=contract.revision,
        suites=tuple(settings.suites),
        clauses=tuple(selection.clauses),
        checks=(*(check.id for check in selection.checks), *(check.id for check in selection.passive)),
        exchanges=_TENS
        * round((_EXCHANGES_OF_A_CHECK * len(selection.checks) + _EXCHANGES_OF_A_START * starts) / _TENS),
        executions=limit,
        least=least_executions(selection),
        declared=declared,
        policy=_policy(settings),
    )


def _policy(settings: Settings) -> dict[str, Any]:
    """What IAM has to allow: the operation, on every pipeline of the account, known or not.

    Requests for pipelines that do not exist must be allowed too, or they are denied before they are looked up.
    """
    pipelines = settings.target.pipelines if settings.target else ()
    scopes = sorted({arn_scope(arn) for arn in pipelines}) or [("aws", "*", "*")]
    resources = [
        f"arn:{partition}:imagebuilder:{region}:{account}:image-pipeline/*" for partition, region, account in scopes
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(_ACTIONS), "Resource": resources}],
    }
