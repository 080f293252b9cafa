"""What can't be used: one sentence, exit code 2, and nothing touched."""

from pathlib import Path

import pytest

from tests.support.calls import PIPELINE
from tests.support.command import Finished, command, files_below, here

URL = "http://127.0.0.1:9"
WORDS = "endpoint-url = 'http://127.0.0.1:9'\n"


def one_sentence(finished: Finished) -> str:
    assert "Traceback" not in finished.text
    assert finished.code == 2, finished.text
    [sentence] = [line for line in finished.err.splitlines() if line.startswith("Error: ")]
    # click says how the command is used, and where its help is; nothing else stands beside the sentence.
    assert len(finished.err.splitlines()) <= 4
    assert finished.out == ""
    return sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--endpoint-url", URL, "--pipeline-arn", "nightly"], ["--pipeline-arn", "'nightly'"], id="ARN"),
        pytest.param(["idempotenzy"], ["'idempotenzy'", "idempotency"], id="clause"),
        pytest.param(["--pipeline-arn", PIPELINE], ["--pipeline-arn", "--endpoint-url"], id="no endpoint"),
        pytest.param(["--region", "eu-west-1"], ["--region", "--endpoint-url"], id="no endpoint for a region"),
        pytest.param(
            ["--endpoint-url", "https://imagebuilder.us-east-1.amazonaws.com", "--pipeline-arn", PIPELINE],
            ["AWS", "--allow-aws"],
            id="AWS",
        ),
        pytest.param(["--endpoint-url", "localhost"], ["--endpoint-url", "'localhost'"], id="URL"),
        pytest.param(["--endpoint-url", ""], ["--endpoint-url"], id="empty URL"),
        pytest.param(["--suite", "sdkk"], ["--suite", "sdkk"], id="suite"),
        pytest.param(["--max-executions", "-1"], ["--max-executions"], id="budget"),
        pytest.param(["--seed", "dice"], ["--seed", "dice"], id="seed"),
        pytest.param(["--no-such-option"], ["--no-such-option"], id="option"),
        pytest.param(["--config", "missing.toml"], ["missing.toml"], id="missing file"),
    ],
)
def test_it_is_said_in_one_sentence(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    sentence = one_sentence(here("run", *arguments, cwd=tmp_path))
    for word in words:
        assert word in sentence
    assert files_below(tmp_path) == {}


def test_a_report_folder_that_can_not_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    sentence = one_sentence(here("run", "--report-dir", "file/report", cwd=tmp_path))
    assert "--report-dir" in sentence
    assert "file/report" in sentence
    assert files_below(tmp_path) == {"file": b"kept"}


def test_an_endpoint_variable_that_is_empty_is_a_mistake(tmp_path: Path) -> None:
    sentence = one_sentence(here("run", cwd=tmp_path, env={"AWS_ENDPOINT_URL": ""}))
    assert "AWS_ENDPOINT_URL" in sentence


def test_an_unknown_key_of_the_file_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(f"{WORDS}endpoint = 'x'\n")
    sentence = one_sentence(here("run", "--config", "conformance.toml", cwd=tmp_path))
    assert "'endpoint'" in sentence
    assert "endpoint-url" in sentence


@pytest.mark.parametrize("arguments", [["--suite", "auth", "idempotency"], ["--suite", "throttling", "request.body"]])
def test_a_selection_of_nothing_is_a_mistake_and_no_success(arguments: list[str], tmp_path: Path) -> None:
    sentence = one_sentence(here("run", *arguments, cwd=tmp_path))
    assert repr(arguments[-1]) in sentence
    assert "core" in sentence
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize("arguments", [["list", "idempotenzy"], ["explain", "operatoin"], ["nonsense"]])
def test_the_other_commands_say_it_likewise(arguments: list[str], tmp_path: Path) -> None:
    finished = here(*arguments, cwd=tmp_path)
    assert finished.code == 2
    assert "Traceback" not in finished.text


def test_so_it_is_in_a_process_of_its_own(tmp_path: Path) -> None:
    finished = command("run", "idempotenzy", cwd=tmp_path)
    assert finished == here("run", "idempotenzy", cwd=tmp_path)
    assert "'idempotenzy'" in one_sentence(finished)
    assert files_below(tmp_path) == {}
