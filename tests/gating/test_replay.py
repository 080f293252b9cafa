"""`replay`: the exchanges of a failure again, against a target that still fails and one that was mended."""

import json
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_spec import Suite
from tests.gating.runs import broken, error_of, kept, report_of, run
from tests.support.calls import IMAGE
from tests.support.command import invoked
from tests.support.keyed import Keyed, keyed
from tests.support.runs import run_against, serving
from tests.support.scripted import Received, Reply, ScriptedServer

CHECK = "idempotency.mismatch"
SECRET = "recognisable-secret-access-key-0123456789"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run against a target that ignores mismatches."""
    folder = tmp_path_factory.mktemp("mismatch")
    with broken("mismatch-ignored") as server:
        assert run(server, folder, prefix="idempotency.mismatch.refused").exit_code == 1
    return folder


def outcomes(folder: Path, check: str, server: ReferenceServer, *arguments: str | Path) -> tuple[int, set[str]]:
    """The exit code of a replay, and what it says of the failures."""
    result = invoked("replay", folder, check, "--endpoint-url", server.url, *arguments)
    assert "Traceback" not in result.output
    words = {line.split(":")[0].strip() for line in result.stdout.splitlines()}
    return result.exit_code, words & {"reproduced", "mended", "different", "not sent"}


def test_the_same_defect_is_reproduced(report: Path) -> None:
    with broken("mismatch-ignored") as server:
        assert outcomes(report, CHECK, server) == (1, {"reproduced"})


def test_a_mended_target_is_called_mended(report: Path) -> None:
    with kept() as server:
        assert outcomes(report, CHECK, server) == (0, {"mended"})


def test_a_target_that_fails_otherwise_is_called_different(broken_run: Path) -> None:
    # Both refuse replays, with different codes.
    with broken("replay-mismatched") as server:
        assert outcomes(broken_run, "idempotency.replay", server) == (3, {"different"})


@pytest.mark.parametrize(
    ("defect", "check"),
    [("fault-in-use-409", "faults.client-errors"), ("fault-starts-twice", "faults.server-errors-after")],
)
def test_a_fault_is_demanded_again(defect: str, check: str, tmp_path: Path) -> None:
    with broken(defect) as server:
        run_against(server.url, suites=(Suite.FAULTS,), report_dir=tmp_path)
        assert outcomes(tmp_path / "events.jsonl", check, server) == (1, {"reproduced"})


def test_one_failure_that_is_reproduced_outweighs_all_that_are_mended(report: Path, tmp_path: Path) -> None:
    data = json.loads((report / "report.json").read_text())
    [check] = [check for check in data["checks"] if check["id"] == CHECK]
    mended = json.loads(json.dumps(check["failures"][0]))
    # A refusal of a request that this target accepts.
    mended |= {"code": "valid.refused", "exchanges": mended["exchanges"][:1]}
    check["failures"].append(mended)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    with broken("mismatch-ignored") as server:
        assert outcomes(path, CHECK, server) == (1, {"reproduced", "mended"})


def test_it_takes_fresh_tokens_and_the_same_for_the_same(report: Path) -> None:
    def pairs(requests: list[Received]) -> list[tuple[str, str]]:
        members = [json.loads(request.body) for request in requests]
        return [(each["clientToken"], each["imagePipelineArn"]) for each in members]

    recorded = [
        (record.token, record.pipeline)
        for check in report_of(report).checks
        for failure in check.failures
        for record in failure.exchanges
        if check.id == CHECK
    ]
    started = {"clientToken": "t", "requestId": "r", "imageBuildVersionArn": IMAGE}
    # A success for everything, so that the original is one.
    with ScriptedServer(lambda _: Reply(200, json.dumps(started).encode())) as server:
        invoked("replay", report, CHECK, "--endpoint-url", server.url)
        first = pairs(server.received)
        invoked("replay", report, CHECK, "--endpoint-url", server.url)
        second = pairs(server.received)[len(first) :]
    # The first manner is the plainest: the exchanges as they were.
    assert [pipeline for _, pipeline in first[: len(recorded)]] == [pipeline for _, pipeline in recorded]
    assert len({token for token, _ in first[: len(recorded)]}) == len({token for token, _ in recorded}) == 1
    tokens = [{token for token, _ in sent} for sent in (first, second, recorded)]
    assert len(set.union(*tokens)) == sum(map(len, tokens))


def test_what_shows_only_after_other_requests_is_seen_where_the_events_are_at_hand(tmp_path: Path) -> None:
    defect = "mismatch-forgets-original"
    with broken(defect) as server:
        assert run(server, tmp_path, prefix="idempotency.mismatch.original-intact").exit_code == 1
        assert outcomes(tmp_path, CHECK, server) == (1, {"reproduced"})
        (tmp_path / "events.jsonl").unlink()
        assert outcomes(tmp_path, CHECK, server) == (0, {"mended"})


@pytest.mark.slow
def test_a_distance_is_kept_where_nothing_shows_without(tmp_path: Path) -> None:
    with broken("token-forgotten-after-8-others") as server:
        assert run(server, tmp_path, prefix="idempotency.replay.after-other-tokens").exit_code == 1
        (tmp_path / "events.jsonl").unlink()
        assert outcomes(tmp_path, "idempotency.retention", server) == (1, {"reproduced"})


def test_overlapping_requests_overlap_again(tmp_path: Path) -> None:
    check = "idempotency.concurrent.duplicates"
    with broken("race-last-wins") as server:
        assert run(server, tmp_path, prefix=check).exit_code == 1
        assert outcomes(tmp_path, check, server) == (1, {"reproduced"})
    with kept() as server:
        assert outcomes(tmp_path, check, server) == (0, {"mended"})


def test_a_client_that_hung_up_hangs_up_again(tmp_path: Path) -> None:
    check = "idempotency.hang-up"
    with broken("hang-up-unfinished-for-ever") as server:
        assert run(server, tmp_path, prefix=check).exit_code == 1
        assert outcomes(tmp_path, check, server) == (1, {"reproduced"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("defect", "prefix", "check"),
    [
        ("error-body-text", "errors.body.json", "answers.envelope"),
        ("chunked-refused", "wire.chunked", "wire.chunked"),
        ("method-any", "wire.method", "wire.method"),
        ("absolute-form-unknown", "wire.absolute-form", "wire.absolute-form"),
        ("query-string-refused", "wire.query-string", "wire.query-string"),
        ("token-compared-as-written", "idempotency.replay.encoding", "idempotency.replay.encoding"),
        ("body-byte-order-mark-drops-connection", "request.body.unusual", "request.body.unusual"),
        ("body-large-crashes", "request.body.large", "request.body.large"),
    ],
)
def test_requests_of_every_kind_are_made_again(defect: str, prefix: str, check: str, tmp_path: Path) -> None:
    with broken(defect) as server:
        run(server, tmp_path, prefix=prefix)
        assert outcomes(tmp_path, check, server) == (1, {"reproduced"})
    with kept() as server:
        assert outcomes(tmp_path, check, server) == (0, {"mended"})


@pytest.mark.slow
def test_a_signature_that_was_wrong_on_purpose_is_not_made_again(tmp_path: Path) -> None:
    with serving(find_defect("signature-unchecked").behaviour) as server:
        run_against(server.url, "auth.signature", "auth.unsigned", suites=(Suite.AUTH,), report_dir=tmp_path)
        result = invoked("replay", tmp_path / "events.jsonl", "auth.signature", "--endpoint-url", server.url)
    assert result.exit_code == 3
    assert "not sent: can't be sent again: the signature of x" in result.stdout
    assert "`run auth.signature`" in result.stdout


def test_a_request_that_was_not_signed_is_not_signed_again(tmp_path: Path) -> None:
    with serving(find_defect("unsigned-accepted").behaviour) as server:
        run_against(server.url, "auth.unsigned", suites=(Suite.AUTH,), report_dir=tmp_path)
        assert outcomes(tmp_path, "auth.unsigned", server) == (1, {"reproduced"})
    with kept() as server:
        assert outcomes(tmp_path, "auth.unsigned", server) == (0, {"mended"})


def test_the_pipelines_of_another_target_take_the_place_of_those_recorded(report: Path) -> None:
    arns = [f"arn:aws:imagebuilder:eu-west-1:210987654321:image-pipeline/{name}" for name in ("one", "two")]
    behaviour = find_defect("mismatch-ignored").behaviour
    with ReferenceServer(Settings(pipelines=tuple(arns)), behaviour=behaviour) as server:
        named = [word for arn in arns for word in ("--pipeline-arn", arn)]
        assert outcomes(report, CHECK, server, *named) == (1, {"reproduced"})
    with ReferenceServer(Settings(pipelines=tuple(arns)), behaviour=Behaviour) as server:
        assert outcomes(report, CHECK, server, *named) == (0, {"mended"})


def test_the_target_is_that_of_the_flag_else_of_the_environment_else_of_the_report(tmp_path: Path) -> None:
    with broken("mismatch-ignored") as server:
        assert run(server, tmp_path, prefix="idempotency.mismatch.refused").exit_code == 1
        assert server.url in invoked("replay", tmp_path, CHECK).stdout
        with kept() as other:
            assert other.url in invoked("replay", tmp_path, CHECK, AWS_ENDPOINT_URL=other.url).stdout
            flag = ("--endpoint-url", server.url)
            assert server.url in invoked("replay", tmp_path, CHECK, *flag, AWS_ENDPOINT_URL=other.url).stdout


def test_it_says_who_signs_and_for_an_endpoint_that_only_the_report_names(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    with broken("mismatch-ignored") as server:
        run(server, tmp_path, prefix="idempotency.mismatch.refused")
        unnamed = invoked("replay", tmp_path, CHECK, **keys).stdout
        named = invoked("replay", tmp_path, CHECK, "--endpoint-url", server.url, **keys).stdout
        by_variable = invoked("replay", tmp_path, CHECK, AWS_ENDPOINT_URL=server.url, **keys).stdout
    said = "signed with AKIAIOSFODNN7EXAMPLE from AWS_ACCESS_KEY_ID"
    assert f"{said}, for an endpoint that only the report names" in unnamed
    for shown in (named, by_variable):
        assert said in shown
        assert "only the report names" not in shown
    assert SECRET not in unnamed + named + by_variable


def test_keys_that_have_ended_break_a_replay_off_in_one_sentence(tmp_path: Path) -> None:
    with broken("mismatch-ignored") as server:
        run(server, tmp_path, prefix="idempotency.mismatch.refused")
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    with keyed(type("Short", (Keyed,), {"lasts": 1})) as server:
        finished = invoked("replay", tmp_path, CHECK, "--endpoint-url", server.url, **keys)
    assert finished.exit_code == 3
    assert "ExpiredTokenException" in finished.stderr
    assert "Traceback" not in finished.output


def test_a_report_of_the_reference_target_is_replayed_against_one(report: Path, tmp_path: Path) -> None:
    data = json.loads((report / "report.json").read_text())
    data["target"]["reference"] = True
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    result = invoked("replay", path, CHECK)
    assert (result.exit_code, "the reference target" in result.stdout) == (0, True)


def test_aws_is_called_only_if_that_is_allowed(report: Path) -> None:
    url = "https://imagebuilder.us-east-1.amazonaws.com"
    assert "--allow-aws" in error_of(invoked("replay", report, CHECK, "--endpoint-url", url))


def test_no_more_builds_are_started_than_allowed(report: Path) -> None:
    with broken("mismatch-ignored") as server:
        result = invoked("replay", report, CHECK, "--endpoint-url", server.url, "--max-executions", "0")
        assert not server.behaviour.store.executions
    assert result.exit_code == 3
    assert "budget" in result.stderr


@pytest.mark.parametrize("name", ["no.such.check", "operation.start"])
def test_a_check_without_a_failure_is_one_sentence(report: Path, name: str) -> None:
    sentence = error_of(invoked("replay", report, name))
    assert name in sentence
    assert CHECK in sentence


def test_a_target_that_is_gone_is_one_sentence_and_exit_3(report: Path) -> None:
    result = invoked("replay", report, CHECK, "--endpoint-url", "http://127.0.0.1:9")
    assert result.exit_code == 3
    assert "127.0.0.1:9" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "P U T"}, "'P U T'"),
        ({"headers": [["X-\ud800", "x"]]}, "damaged"),
        ({"headers": [["X-Y", "a\r\nb: c"]]}, "damaged"),
        ({"body": {"encoding": "base64", "data": "?", "size": 1}}, "damaged"),
        ({"body": {"encoding": "zlib", "data": "AAAA", "size": 1}}, "damaged"),
    ],
)
def test_a_damaged_record_is_one_sentence(change: dict[str, Any], words: str, report: Path, tmp_path: Path) -> None:
    data = json.loads((report / "report.json").read_text())
    [check] = [check for check in data["checks"] if check["id"] == CHECK]
    for exchange in check["failures"][0]["exchanges"]:
        exchange["request"] |= change
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    with kept() as server:
        result = invoked("replay", path, CHECK, "--endpoint-url", server.url)
        assert not server.behaviour.store.executions
    assert result.exit_code == 2
    [sentence] = result.stderr.splitlines()
    assert words in sentence


def test_no_secret_that_the_target_echoes_is_shown(report: Path) -> None:
    refusal = json.dumps({"code": SECRET, "message": SECRET}).encode()
    with ScriptedServer(lambda _: Reply(400, refusal)) as server:
        result = invoked(
            *("replay", report, CHECK, "--endpoint-url", server.url),
            AWS_ACCESS_KEY_ID="AKIAEXAMPLE",
            AWS_SECRET_ACCESS_KEY=SECRET,
        )
    assert "[redacted]" in result.output
    assert SECRET not in result.output
