"""What makes reports hard to compare: other suites, other contracts, other selections."""

from collections.abc import Iterator, Sequence

from imagebuilder_reports.model import Report


def remarks(reports: Sequence[Report]) -> tuple[str, ...]:
    """A sentence for each thing in which the reports differ and that their verdicts rest on."""
    return tuple(_remarks(reports))


def _remarks(reports: Sequence[Report]) -> Iterator[str]:
    suites = [report.suite for report in reports]
    for what, values in (
        ("suite versions", [suite.version for suite in suites]),
        ("revisions of the contract", [suite.contract for suite in suites]),
    ):
        if len(set(values)) > 1:
            yield f"these reports are of different {what}: {', '.join(values)}"
    if len({suite.digest for suite in suites}) > 1:
        digests = ", ".join(suite.digest[:12] for suite in suites)
        yield f"these reports have different digests, so that not the same was judged: {digests}"
