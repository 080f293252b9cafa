"""What a run on AWS leaves behind, in words: the builds that it started, what they cost, and what removes them."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from imagebuilder_conformance.target import host_of, is_aws_host
from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.ledger import Ledger, StartedBuilds

COST_OF_A_BUILD = (
    "each runs an instance of its pipeline's type, with a volume and, in a public subnet, a public IPv4 address, until "
    "it ends, assumed 20 to 40 minutes, or is cancelled; one that ends leaves an AMI with its snapshots"
)
"""What a build costs while it runs, and after; examples/aws-sandbox/README.md has figures."""


def aftermath(builds: StartedBuilds, folder: Path | None) -> Iterator[str]:
    """The lines that a run ends with; none where it was not on AWS, started nothing, or all of it is gone.

    Args:
        builds: What the run started.
        folder: Where its report is; None where it leaves none, so that nothing can clean up by it.
    """
    if builds.settled or not (builds.executions and is_aws_host(host_of(builds.target.endpoint))):
        return
    before = [each for each in builds.executions if builds.was_there_before(each)]
    images = [each.image for each in builds.executions if each.image is not None and each not in before]
    unknown = [each for each in builds.executions if each.image is None]
    yield f"started on AWS: {_builds(len(images))}{f', and {len(unknown)} of unknown outcome' if unknown else ''}"
    yield from (f"  {image}" for image in images)
    yield from (
        f"  not by this run: {each.image}, which the token {each.token!r} of another run got" for each in before
    )
    yield from (f"  unknown: token {start.token!r}, sent at {start.sent}" for start in unknown)
    yield f"cost: {COST_OF_A_BUILD}"
    if folder is None:
        yield "cleanup: this run leaves no report to clean up by; remove the images by their names"
        return
    yield cleanup_line(folder, on_aws=True)
    if earlier := _earlier(folder, builds):
        yield f"  it also removes what {earlier} into this folder left on the list"


def cleanup_line(folder: Path, *, on_aws: bool) -> str:
    """The line that removes what the runs into a folder have left."""
    return f"cleanup: imagebuilder-conformance cleanup {shlex.quote(str(folder))}{' --allow-aws' if on_aws else ''}"


def _earlier(folder: Path, builds: StartedBuilds) -> str:
    try:
        count = sum(each.file_name != builds.file_name for each in Ledger(folder).earlier())
    except ReportError:
        return "earlier runs"
    return f"{count} earlier run{'' if count == 1 else 's'}" if count else ""


def _builds(count: int) -> str:
    return f"{count} build{'' if count == 1 else 's'}"
