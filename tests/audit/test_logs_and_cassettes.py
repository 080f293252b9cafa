"""Logs of SDKs and cassettes: what they tell of calls, and what they can't."""

from pathlib import Path

import pytest

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.partial import PartialAnswer
from imagebuilder_reports.errors import NotJsonError, UnreadableError
from tests.audit.reading import read
from tests.support.calls import PIPELINE, image
from tests.support.runs import failed

BODY = f'{{"clientToken": "one", "imagePipelineArn": "{PIPELINE}"}}'
SUCCESS = f'{{"requestId": "r", "clientToken": "one", "imageBuildVersionArn": "{image(1)}"}}'


class Log:
    """Writes the lines of botocore's log, by one thread or several, in the form of boto3 or of the AWS CLI."""

    def __init__(self, *, cli: bool = False) -> None:
        self._cli = cli
        self._lines: list[str] = []
        self._at = 0

    def line(self, logger: str, text: str, thread: str = "MainThread") -> "Log":
        self._at += 100
        time = f"2026-11-27 14:00:{self._at // 1000:02d},{self._at % 1000:03d}"
        middle = f"- {thread} - {logger} - DEBUG - " if self._cli else f"{logger} [DEBUG] "
        self._lines.append(f"{time} {middle}{text}")
        return self

    def call(self, thread: str = "MainThread", body: str = BODY, name: str = "StartImagePipelineExecution") -> "Log":
        params = {
            "url_path": f"/{name}",
            "method": "PUT",
            "headers": {"Content-Type": "application/json"},
            "body": body.encode(),
            "url": f"https://imagebuilder.us-east-1.amazonaws.com/{name}",
        }
        shown = f"{str(params)[:-1]}, 'context': {{'client_config': <botocore.config.Config object at 0x7f>}}}}"
        return self.line(
            "botocore.endpoint", f"Making request for OperationModel(name={name}) with params: {shown}", thread
        )

    def send(self, thread: str = "MainThread") -> "Log":
        headers = "{'X-Amz-Date': b'20261127T120000Z'}"
        return self.line("botocore.endpoint", f"Sending http request: <AWSPreparedRequest headers={headers}>", thread)

    def answer(self, status: int, body: str, thread: str = "MainThread", code: str = "") -> "Log":
        headers = {"content-length": str(len(body)), "content-type": "application/json"}
        headers |= {"x-amzn-ErrorType": code} if code else {}
        self.line("urllib3.connectionpool", f'https://aws:443 "PUT /S HTTP/1.1" {status} {len(body)}', thread)
        self.line("botocore.parsers", f"Response headers: {headers}", thread)
        self.line("botocore.parsers", "Response body:", thread)
        self._lines.append(str(body.encode()))
        return self

    def lost(self) -> "Log":
        self.line("botocore.httpsession", "Exception received when sending urllib3 HTTP request")
        self._lines.append("Traceback (most recent call last):")
        return self

    def write(self, folder: Path) -> Path:
        path = folder / "sdk.log"
        path.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        return path


@pytest.mark.parametrize("cli", [False, True], ids=["boto3", "AWS CLI"])
def test_a_log_tells_every_sending_of_a_call(tmp_path: Path, *, cli: bool) -> None:
    log = Log(cli=cli).call().send().lost().send().answer(500, "{}", code="ServiceException").send()
    [exchange], _, report = read(log.answer(200, SUCCESS).write(tmp_path))
    assert (exchange.request.token, exchange.request.pipeline, exchange.image) == ("one", PIPELINE, image(1))
    first, second, third = exchange.attempts
    assert (first.fault, second.answer and second.answer.status, third.answer and third.answer.status) == (
        Fault.UNRECORDED,
        500,
        200,
    )
    assert failed(report) == set()


def test_the_clock_of_a_log_is_set_by_what_was_signed(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    Log().call().send().answer(200, SUCCESS).write(folder)
    # Two hours ahead of UTC, so this one comes after it.
    later = folder / "trail.json"
    later.write_text(
        '{"Records": [{"eventSource": "imagebuilder.amazonaws.com", "eventName": "StartImagePipelineExecution", '
        f'"eventTime": "2026-11-27T13:00:00Z", "requestParameters": {BODY.replace("one", "two")}}}]}}',
        encoding="utf-8",
    )
    exchanges, _, _ = read(folder)
    assert [each.request.token for each in exchanges] == ["one", "two"]


def test_calls_that_overlap_in_a_log_are_not_told_apart(tmp_path: Path) -> None:
    log = Log().call().send().call(body=BODY.replace("one", "two")).send().answer(200, SUCCESS)
    exchanges, accounts, _ = read(log.answer(200, SUCCESS).call().send().answer(200, SUCCESS).write(tmp_path))
    assert len(exchanges) == 1
    assert accounts.each[0].left_out == {LeftOut.UNTOLD: 2}


def test_nor_are_those_of_threads_that_have_names(tmp_path: Path) -> None:
    log = Log(cli=True).call("One").send("One").line("urllib3.util.retry", "something", "Two")
    _, accounts, _ = read(log.answer(200, SUCCESS, "One").write(tmp_path))
    assert accounts.each[0].left_out == {LeftOut.UNTOLD: 1}


def test_other_operations_in_a_log_are_left_out(tmp_path: Path) -> None:
    log = Log().call(name="ListImages").send().answer(200, "{}").call().send().answer(200, SUCCESS)
    exchanges, accounts, _ = read(log.write(tmp_path))
    assert (len(exchanges), accounts.each[0].left_out) == (1, {LeftOut.OTHER_OPERATION: 1})


CASSETTE = """
interactions:
- request:
    body: '{body}'
    headers:
      Content-Length: ['{length}']
      X-Amz-Date: [!!binary MjAyNjExMjdUMTIwMDAwWg==]
    method: PUT
    uri: https://imagebuilder.us-east-1.amazonaws.com/StartImagePipelineExecution
  response:
    body: {{string: '{answer}'}}
    headers:
      Content-Type: [application/json]
      x-amzn-RequestId: [r]
    status: {{code: 200, message: OK}}
version: 1
"""


def cassette(folder: Path, body: str = BODY, length: int | None = None, answer: str = SUCCESS) -> Path:
    path = folder / "cassette.yaml"
    text = CASSETTE.format(body=body, length=len(body) if length is None else length, answer=answer)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cassette_tells_a_call_and_when_it_was_signed(tmp_path: Path) -> None:
    [exchange], accounts, report = read(cassette(tmp_path))
    assert (exchange.request.token, exchange.image) == ("one", image(1))
    assert failed(report) == set()
    assert accounts.each[0].form == "cassette of vcrpy"


def test_a_body_that_vcrpy_was_told_to_filter_is_not_taken_for_what_was_sent(tmp_path: Path) -> None:
    filtered = f'{{"imagePipelineArn": "{PIPELINE}"}}'
    exchanges, accounts, _ = read(cassette(tmp_path, filtered, len(BODY)))
    assert (exchanges, accounts.each[0].left_out) == ([], {LeftOut.LENGTH: 1})


def test_without_a_length_nothing_says_that_a_body_is_whole(tmp_path: Path) -> None:
    path = cassette(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("Content-Length", "Content-Language"), encoding="utf-8")
    assert read(path)[1].each[0].left_out == {LeftOut.NO_BODY: 1}


def test_an_answer_without_a_body_in_a_cassette_is_one_in_part(tmp_path: Path) -> None:
    [exchange], _, _ = read(cassette(tmp_path, answer=""))
    assert isinstance(exchange.answer, PartialAnswer)
    assert exchange.answer.status == 200


@pytest.mark.parametrize(
    "text", ["interactions: [", "interactions: {}", "interactions:\n- !!python/object:os.system {}"]
)
def test_what_is_no_cassette_is_one_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotJsonError, match="is no cassette of vcrpy"):
        read(path)


def test_a_cassette_in_yaml_says_what_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(UnreadableError, match="pip install"):
        read(cassette(tmp_path))
