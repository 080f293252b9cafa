"""One baseline over ten releases of a target: the gate lets through what is known, and nothing else, each time."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from imagebuilder_reports.baseline import Consequence, Known, read_baseline
from tests.gating.runs import broken, kept
from tests.support.command import invoked

pytestmark = pytest.mark.slow

PREFIXES = ("idempotency.mismatch", "errors.idempotent-parameter-mismatch", "idempotency.replay")
OURS = "# Ours, and not to be lost.\r\n\r\n"


@dataclass(frozen=True)
class Release:
    """A release: its mistake, what the gate says of it, and what is done about that."""

    defect: str | None
    code: int
    then: str = ""
    says: str = ""


RELEASES = (
    Release("mismatch-ignored", 1, "update", "unexpected"),
    Release("mismatch-ignored", 0),
    # Another mistake instead: what is new fails, and what is gone.
    Release("replay-refused", 1, "update", "mended"),
    Release("replay-refused", 0),
    Release(None, 1, "prune", "mended"),
    Release(None, 0),
    # What was mended comes back.
    Release("mismatch-ignored", 1, "update", "unexpected"),
    Release("mismatch-ignored", 1, "expired", "expired"),
    # Nobody is there: no verdict, and nothing to do about the list.
    Release("nobody", 3, "", "the gate has no verdict"),
    Release("mismatch-ignored", 0),
)


def judged(release: Release, known: Path, folder: Path) -> tuple[int, str]:
    arguments = ("run", *PREFIXES, "--baseline", known, "--report-dir", folder)
    if release.defect == "nobody":
        result = invoked(*arguments, "--endpoint-url", "http://127.0.0.1:9")
        return result.exit_code, result.output
    with broken(release.defect) if release.defect else kept() as server:
        result = invoked(*arguments, "--endpoint-url", server.url)
    return result.exit_code, result.output


def maintained(then: str, known: Path, folder: Path) -> None:
    match then:
        case "update":
            done = invoked("baseline", "update", folder, "--output", known, "--reason", "issue 17")
        case "prune":
            done = invoked("baseline", "prune", folder, "--baseline", known)
        case _:
            known.write_bytes(known.read_bytes().replace(b"\r\nexpires = 2020-01-31", b""))
            return
    assert done.exit_code == 0, done.output
    checked = invoked("baseline", "check", folder, "--baseline", known)
    assert checked.exit_code == 0, checked.output


def test_one_baseline_holds_the_gate_over_ten_releases(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_bytes(f"{OURS}schema_version = 1\r\n".encode())
    assert len(RELEASES) == 10
    for number, release in enumerate(RELEASES, start=1):
        if release.then == "expired":
            known.write_bytes(known.read_bytes().replace(b"\r\nfirst_seen", b"\r\nexpires = 2020-01-31\r\nfirst_seen"))
        folder = tmp_path / f"release-{number}"
        code, said = judged(release, known, folder)
        assert (code, release.says in said) == (release.code, True), f"release {number}: {said}"
        if release.then:
            maintained(release.then, known, folder)
    text = known.read_bytes().decode()
    assert text.startswith(OURS)
    assert text.count("\n") == text.count("\r\n")
    entries = [entry.known for entry in read_baseline(known).entries]
    assert {type(entry) for entry in entries} == {Known, Consequence}


@pytest.mark.parametrize("defect", ["mismatch-ignored", "bad-parameter-crashes"])
def test_a_list_made_of_one_run_lets_the_next_one_through(defect: str, tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    prefixes = ("idempotency.mismatch", "errors", "request.client-token.type")
    with broken(defect) as server:
        target = ("--endpoint-url", server.url, "--report-dir", tmp_path / "report")
        assert invoked("run", *prefixes, *target).exit_code == 1
        assert invoked("baseline", "update", tmp_path / "report", "--output", known).exit_code == 0
        again = invoked("run", *prefixes, *target, "--baseline", known)
    assert again.exit_code == 0, again.output
