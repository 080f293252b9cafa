"""Another interpreter's boto3: what can't be used is told in a sentence, and no process is left."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imagebuilder_conformance.client import boto3_apart
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.client.sdk_process import SdkProcess, SdkProcessError
from tests.support.calls import PIPELINE, recorded, target_at
from tests.support.command import wait_until

MODULE = Path(boto3_apart.__file__)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are scripts here")

Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Makes a program of a shell script, to be taken for an interpreter."""

    def make(script: str) -> Path:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


GREETS = """printf '{"versions": {"boto3": "1.0"}}\\n'"""


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "told no versions and ended with exit code 3"),
        ("echo 'no such option' >&2; exit 2", "with exit code 2: no such option"),
        ("echo Welcome; exit 0", "told no versions and ended with exit code 0"),
        ("echo '[]'; cat", "told no versions"),
        ("yes; exit 0", "told no versions"),
        ("cat /dev/zero", "told no versions"),
        ("kill -9 $$", "by signal 9"),
        (f'exec {sys.executable} -S "$@"', "can't import boto3: ModuleNotFoundError"),
    ],
)
def test_a_program_without_boto3_is_refused_in_one_sentence(program: Program, script: str, words: str) -> None:
    process = SdkProcess(program(script))
    for _ in range(2):
        with pytest.raises(SdkProcessError) as refused:
            process.versions()
        sentence = str(refused.value)
        assert words in sentence
        assert "--sdk-python" in sentence
        assert "Traceback" not in sentence
        assert "\n" not in sentence


def test_a_program_that_can_not_be_started_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("no program", encoding="utf-8")
    with pytest.raises(SdkProcessError, match="can't be started: Permission denied"):
        SdkProcess(tmp_path / "python").versions()


def test_a_program_that_says_nothing_is_not_waited_for_for_ever(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagebuilder_conformance.client.sdk_process._PATIENCE", 0.2)
    # It has started another program, which has the same pipes.
    process = SdkProcess(program("sleep 600; exit 0"))
    with pytest.raises(SdkProcessError, match="told no versions and ended by signal 9"):
        process.versions()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("read asked; echo 'out of luck' >&2; exit 4", "in the midst of a call with exit code 4: out of luck"),
        ("read asked; echo Hm; cat", "in the midst of a call"),
        ("exit 0", "in the midst of a call with exit code 0"),
    ],
)
def test_one_that_dies_in_the_middle_says_so_and_is_started_again(program: Program, script: str, words: str) -> None:
    sdk = Sdk(recorded(target_at("http://127.0.0.1:1")).client, program(f"{GREETS}; {script}"))
    for _ in range(2):
        with pytest.raises(SdkProcessError, match=words):
            sdk.call(PIPELINE)
    sdk.close()


def test_a_call_that_is_given_up_leaves_no_process(program: Program, tmp_path: Path) -> None:
    script = f"echo $$ > {tmp_path / 'pid'}; {GREETS}; read asked; sleep 600"
    sdk = Sdk(recorded(target_at("http://127.0.0.1:1")).client, program(script))
    assert sdk.described.startswith("boto3 1.0; ")
    previous = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            sdk.call(PIPELINE)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not is_alive(int((tmp_path / "pid").read_text()))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def is_alive(pid: int) -> bool:
    """Whether a process is there, and is not just waiting for somebody to take note of its end."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


LEADING = """
import sys, time
from pathlib import Path
from imagebuilder_conformance.client.sdk_process import SdkProcess
process = SdkProcess(Path(sys.executable))
process.versions()
print(process._child._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def leading() -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A process that has started another interpreter, and the id of that."""
    with subprocess.Popen([sys.executable, "-c", LEADING], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.skipif(not Path("/proc").exists(), reason="it takes Linux's /proc")
def test_the_other_interpreter_ends_with_the_process_that_started_it(
    leading: tuple["subprocess.Popen[str]", int],
) -> None:
    process, other = leading
    assert is_alive(other)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(other), "the other interpreter to end")


# What executes the module is told nothing of this project, and may be old.


def test_the_module_that_both_execute_is_read_by_python_3_6_and_imports_nothing_of_ours() -> None:
    tree = ast.parse(MODULE.read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert imported - sys.stdlib_module_names == {"boto3", "botocore"}


def test_nothing_beside_it_has_the_name_of_a_module_that_it_imports() -> None:
    beside = {path.stem for path in MODULE.parent.iterdir() if path.suffix in {".py", ""}}
    assert not beside & (sys.stdlib_module_names | {"boto3", "botocore"})


def test_the_faults_that_it_names_are_the_suites() -> None:
    tree = ast.parse(MODULE.read_text(encoding="utf-8"))
    [function] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_fault"]
    words = {str(node.value) for node in ast.walk(function) if isinstance(node, ast.Constant)}
    named = {word for word in words if word.isupper()}
    assert named
    assert named <= set(Fault.__members__)
