"""What a run would do, before anything is sent: clauses, checks, exchanges, image builds, permissions."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.partitions import load_partitions
from imagebuilder_conformance.provisioning.resources import DEPENDENT_ACTIONS, KINDS, Wanted, wanted
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
    has to allow. `provision` is what `--provision` would make, a line for each resource. `notes` are sentences of what
    to know beforehand.
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
    provision: tuple[str, ...]
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
        provision=tuple(_provision(settings)),
        notes=tuple(_notes(settings, selection)),
    )


def _notes(settings: Settings, selection: Selection) -> Iterator[str]:
    """What to know beforehand: what may cost money, and what the policy keeps from being judged."""
    if settings.caution:
        yield settings.caution
    if settings.provision is not None:
        yield (
            "what --provision makes is free of charge itself; which permissions AWS asks for to make it is assumed, and"
            " that there are the instance profile, the parent image and the component that it names"
        )
    target = settings.target
    if _MALFORMED in selection.clauses and (target is None or target.is_aws):
        yield (
            f"no malformed ARN fits this policy: should AWS authorise before it validates, {_MALFORMED} is inconclusive"
            ' and the run incomplete; "Resource": "*" has it judged, and lets the caller start every pipeline'
        )


def _provision(settings: Settings) -> Iterator[str]:
    """What would be made on the target, in this order; the run's nonce comes in the place of `NONCE`."""
    for each in _wanted(settings):
        yield f"{each.kind.create} {each.name}"


def _wanted(settings: Settings) -> tuple[Wanted, ...]:
    if settings.provision is None or settings.target is None:
        return ()
    region, profile = settings.target.region, settings.provision.instance_profile
    partition = load_partitions().of_region(region).id
    return wanted("NONCE", partition=partition, region=region, instance_profile=profile)


def _policy(settings: Settings) -> dict[str, Any]:
    """What IAM has to allow: the operation, on every pipeline of the account, known or not.

    Requests for pipelines that do not exist must be allowed too, or they are denied before they are looked up. What
    `cleanup` calls is allowed on every image of the account. What `--provision` takes beside, on what it makes.
    """
    accounts = [f"arn:{partition}:imagebuilder:{region}:{account}" for partition, region, account in _scopes(settings)]
    allowed = {"image-pipeline/*": _OF_A_PIPELINE, "image/*": _OF_AN_IMAGE}
    statements = [_allowed(actions, *(f"{each}:{kind}" for each in accounts)) for kind, actions in allowed.items()]
    if settings.provision is not None:
        for kind in KINDS.values():
            actions = [f"imagebuilder:{operation}" for operation in (kind.create, kind.delete)]
            statements.append(_allowed(actions, *(f"{each}:{kind.id}/conformance-*" for each in accounts)))
        lists = [f"imagebuilder:{kind.list}" for kind in KINDS.values()]
        statements.append(_allowed([*lists, *DEPENDENT_ACTIONS], "*"))
        partitions = sorted({partition for partition, _, _ in _scopes(settings)})
        # An infrastructure configuration hands builds the role of their instance profile, which may have any name.
        roles = [f"arn:{partition}:iam::*:role/*" for partition in partitions]
        to_instances = {"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}}
        statements.append({**_allowed(["iam:PassRole"], *roles), "Condition": to_instances})
    return {"Version": "2012-10-17", "Statement": statements}


def _scopes(settings: Settings) -> list[tuple[str, str, str]]:
    """The partitions, regions and accounts that pipelines are of. Which account makes them nobody knows beforehand."""
    target = settings.target
    if settings.provision is not None and target is not None:
        return [(load_partitions().of_region(target.region).id, target.region, "*")]
    return sorted({arn_scope(arn) for arn in (target.pipelines if target else ())}) or [("aws", "*", "*")]


def _allowed(actions: Iterable[str], *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
