"""Whether several workers, and a run in parts that are merged, say of each clause what one worker says.

    python -m benchmarks.workers_agree [--workers N] [--each N] [NAME ...]

Judges the reference target with the defects and variations NAMEd, else with every so many of each, and without any.
Every clause whose verdict differs is printed; the exit code is 1 if there is one.
"""

import argparse
from collections.abc import Iterator

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.selftest.trials import find
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_reports.merge import merge
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_spec import DEFAULT_REVISION, Suite, load_contract

CONFORMANT = "none"
WORKERS, EACH = 4, 9


def run(name: str, *, workers: int = 1, prefixes: tuple[str, ...] = ()) -> Report:
    """The report of a run of core against a fresh target with this defect or variation."""
    entry = None if name == CONFORMANT else find(name)
    settings, behaviour = (entry.settings(), entry.behaviour) if entry else (None, Behaviour)
    with ReferenceServer(settings, behaviour=behaviour) as server:
        key = Credentials(server.credentials.access_key_id, server.credentials.secret_access_key)
        target = Target(name, server.url, server.region, server.pipelines, key)
        chosen = Settings(target, contract=revision(name), suites=(Suite.CORE,), prefixes=prefixes, workers=workers)
        gatherer = Gatherer(chosen)
        run_suites(gatherer)
    return fold(gatherer.events)


def revision(name: str) -> str:
    """The revision of the contract that a defect or variation shows in."""
    return DEFAULT_REVISION if name == CONFORMANT else find(name).revision


def in_parts(name: str) -> Report:
    """The report merged of a run for each area of clauses, each against a fresh target."""
    clauses = (clause for clause in load_contract(revision(name)).clauses.values() if clause.suite is Suite.CORE)
    areas = dict.fromkeys(clause.area for clause in clauses)
    return merge([run(name, prefixes=(area,)) for area in areas]).report


def differences(alone: Report, other: Report) -> Iterator[str]:
    """The clauses that two reports say different things of."""
    said = verdicts(other)
    for clause, verdict in verdicts(alone).items():
        if said[clause] is not verdict:
            yield f"{clause}: {verdict} alone, {said[clause]} here"


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdict on each clause."""
    return {clause.id: clause.verdict for clause in report.clauses}


def main() -> None:
    """Compare, and print what differs."""
    options = argparse.ArgumentParser(description="Compares the verdicts of several workers with those of one.")
    options.add_argument("names", nargs="*", metavar="NAME")
    options.add_argument("--workers", type=int, default=WORKERS, metavar="N", help="default: %(default)s")
    options.add_argument("--each", type=int, default=EACH, metavar="N", help="every so many (default: %(default)s)")
    chosen = options.parse_args()
    names = [CONFORMANT, *list(catalogue.defects())[:: chosen.each], *list(catalogue.variations())[:: chosen.each]]
    found = 0
    for name in chosen.names or names:
        alone = run(name)
        ways = {f"{chosen.workers} workers": run(name, workers=chosen.workers), "merged parts": in_parts(name)}
        for way, report in ways.items():
            differing = list(differences(alone, report))
            found += len(differing)
            print(f"{name}, {way}: {'; '.join(differing) or 'the same'}", flush=True)
    raise SystemExit(found > 0)


if __name__ == "__main__":
    main()
