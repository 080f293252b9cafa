"""What a run would do, before anything is sent: clauses, checks, exchanges, image builds, permissions."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.running.costs import least_executions, limit_of
from imagebuilder_conformance.running.rehearsal import rehearse
from imagebuilder_conformance.running.selection import Selection, select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import arn_scope
from imagebuilder_spec import load_contract

# What is assumed of a build on AWS: how long it takes, in minutes, with an instance of its own.
_MINUTES_OF_A_BUILD = (20, 40)

# The clause whose requests name what no policy for pipelines allows.
_MALFORMED = "request.image-pipeline-arn.pattern"
# Starting depends on the second; `cleanup` takes the others.
_OF_A_PIPELINE = (
    "imagebuilder:StartImagePipelineExecution",
    "imagebuilder:GetImagePipeline",
    "imagebuilder:ListImagePipelineImages",
)
_OF_AN_IMAGE = ("imagebuilder:GetImage", "imagebuilder:CancelImageCreation", "imagebuilder:DeleteImage")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    `exchanges` and `started` are what a conformant target met in a rehearsal, requests and builds; `judged` is how many
    clauses it showed. `executions` is the most builds that the run may start; None: no limit. `least` is how many judge
    every selected, active MUST; `declared` how many the checks start without a limit, at least. `policy` is what IAM
    has to allow. `notes` are sentences of what to know beforehand.
    """

    target: str
    on_aws: bool
    contract: str
    suites: tuple[str, ...]
    clauses: tuple[str, ...]
    checks: tuple[str, ...]
    exchanges: int
    started: int
    judged: int
    executions: int | None
    least: int
    declared: int
    policy: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The plan in one sentence."""
        judged = f"{len(self.checks)} checks judge {len(self.clauses)} clauses with about {self.exchanges} requests"
        if self.executions is None:
            return f"{judged}, and start about {self.started} image builds"
        if not self.executions:
            return f"{judged}, and start no image build"
        return f"{judged}, and start at most {self.executions} image build{'' if self.executions == 1 else 's'}"

    @property
    def cost(self) -> str:
        """What that takes on AWS, in words; no prices, as they depend on the instance and the region."""
        if self.executions is None:
            return "without a limit each accepted request starts a build: free of charge on an emulator, not on AWS"
        if not self.executions:
            return "nothing is built"
        least, most = _MINUTES_OF_A_BUILD
        if self.executions == 1:
            return f"on AWS the build takes an instance for {least} to {most} minutes, as assumed, and leaves an image"
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
    rehearsed = rehearse(settings, limit)
    return Plan(
        target=settings.target.endpoint if settings.target else "the embedded reference target",
        on_aws=settings.on_aws,
        contract=contract.revision,
        suites=tuple(settings.suites),
        clauses=tuple(selection.clauses),
        checks=(*(check.id for check in selection.checks), *(check.id for check in selection.passive)),
        exchanges=rehearsed.totals.exchanges,
        started=rehearsed.totals.executions,
        judged=sum(clause.exercised for clause in rehearsed.clauses),
        executions=limit,
        least=least_executions(selection, on_aws=settings.on_aws),
        declared=sum(check.executions for check in selection.checks),
        policy=_policy(settings),
        notes=tuple(_notes(settings, selection)),
    )


def _notes(settings: Settings, selection: Selection) -> Iterator[str]:
    """What to know beforehand: what may cost money, and what the policy keeps from being judged."""
    if settings.caution:
        yield settings.caution
    target = settings.target
    if _MALFORMED in selection.clauses and (target is None or target.is_aws):
        yield (
            f"no malformed ARN fits this policy: should AWS authorise before it validates, {_MALFORMED} is inconclusive"
            ' and the run incomplete; "Resource": "*" has it judged, and lets the caller start every pipeline'
        )


def _policy(settings: Settings) -> dict[str, Any]:
    """What IAM has to allow: the operation, on every pipeline of the account, known or not.

    Requests for pipelines that do not exist must be allowed too, or they are denied before they are looked up. What
    `cleanup` calls is allowed on every image of the account.
    """
    pipelines = settings.target.pipelines if settings.target else ()
    scopes = sorted({arn_scope(arn) for arn in pipelines}) or [("aws", "*", "*")]
    accounts = [f"arn:{partition}:imagebuilder:{region}:{account}" for partition, region, account in scopes]
    allowed = {"image-pipeline/*": _OF_A_PIPELINE, "image/*": _OF_AN_IMAGE}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": list(actions), "Resource": [f"{each}:{kind}" for each in accounts]}
            for kind, actions in allowed.items()
        ],
    }
