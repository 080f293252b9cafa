import re
import tomllib
from pathlib import Path

import pytest

from imagebuilder_conformance.configuration import sources
from imagebuilder_reports.baseline import parse_baseline
from imagebuilder_spec import Suite
from tests.project.places import ROOT

from .resolving import PIPELINE, URL, config, refused, region, resolved


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    file = config(tmp_path, 'endpoint-url = "http://127.0.0.1:3"')
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:2"}
    flags = {"endpoint_url": "http://127.0.0.1:1"}
    endpoints = [
        target.endpoint
        for settings in (resolved(flags, environ, file), resolved({}, environ, file), resolved({}, {}, file))
        if (target := settings.target)
    ]
    assert endpoints == ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"]


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_so_it_is_with_the_region(name: str, tmp_path: Path) -> None:
    file = config(tmp_path, 'region = "eu-central-1"')
    flags = {"endpoint_url": URL}
    assert region(resolved({**flags, "region": "ap-south-1"}, {name: "us-west-2"}, file)) == "ap-south-1"
    assert region(resolved(flags, {name: "us-west-2"}, file)) == "us-west-2"
    assert region(resolved(flags, {}, file)) == "eu-central-1"


def test_a_file_may_set_every_option(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        f"""
        endpoint-url = "{URL}"
        region = "eu-west-1"
        pipeline-arn = ["{PIPELINE}"]
        contract = "documented"
        suite = ["core", "auth"]
        max-executions = 3
        strict = true
        allow-incomplete = true
        seed = 5
        report-dir = "{tmp_path}/report"
        verify-ssl = false
        connect-timeout = 1
        read-timeout = 2.5
        """,
    )
    settings = resolved(file=file)
    target = settings.target
    assert target is not None
    assert (target.endpoint, target.region, target.pipelines) == (URL, "eu-west-1", (PIPELINE,))
    assert (target.verify, target.timeouts.connect, target.timeouts.read) == (False, 1.0, 2.5)
    assert settings.suites == (Suite.CORE, Suite.AUTH)
    assert (settings.max_executions, settings.strict, settings.allow_incomplete, settings.seed) == (3, True, True, 5)
    assert settings.report_dir == tmp_path / "report"


@pytest.mark.parametrize(
    "line",
    [
        "endpoint = 1",
        "secret-access-key = 'x'",
        "endpoint-url = 1",
        "pipeline-arn = 1",
        "max-executions = '3'",
        "max-executions = true",
        "read-timeout = true",
        "seed = 1.5",
        "strict = 'yes'",
        "suite = true",
    ],
)
def test_an_unknown_option_or_a_value_of_another_type_is_refused(line: str, tmp_path: Path) -> None:
    file = config(tmp_path, line)
    sentence = refused(file=file)
    assert str(file) in sentence
    assert line.split(" ", maxsplit=1)[0] in sentence


@pytest.mark.parametrize("text", ["endpoint-url", "= 1", '"', "[", "a = 1\na = 2"])
def test_what_is_not_toml_is_refused(text: str, tmp_path: Path) -> None:
    assert "TOML" in refused(file=config(tmp_path, text))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert str(path) in refused(file=path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_can_not_be_read_is_refused(name: str, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(file=tmp_path / name)


def test_the_file_may_set_the_rate_and_the_profile(tmp_path: Path) -> None:
    assert resolved(file=config(tmp_path, "rate-limit = 2")).rate_limit == 2
    assert "--profile" in refused(file=config(tmp_path, 'profile = "team"'))


def test_one_suite_or_pipeline_needs_no_list(tmp_path: Path) -> None:
    file = config(tmp_path, f'endpoint-url = "{URL}"\npipeline-arn = "{PIPELINE}"\nsuite = "auth"')
    settings = resolved({}, {}, file)
    assert settings.suites == (Suite.AUTH,)
    assert settings.target is not None
    assert settings.target.pipelines == (PIPELINE,)


def _blocks(page: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_file_of_the_documentation_is_accepted_and_with_its_text_names_every_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [text] = _blocks("docs/running.md")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "known.toml").write_text(_blocks("docs/reports.md")[0], encoding="utf-8")
    settings = resolved(file=config(tmp_path, text))
    assert settings.target is not None
    assert (settings.target.endpoint, len(settings.target.pipelines)) == ("http://localhost:4566", 2)
    assert (settings.suites, settings.workers, settings.stop_after) == ((Suite.CORE, Suite.AUTH), 1, 10)
    [others] = re.findall(r"There are also (.*?), which mean", (ROOT / "docs/running.md").read_text(), re.DOTALL)
    named = {*tomllib.loads(text), *re.findall(r"`([a-z-]+)`", others)}
    assert named == {name.replace("_", "-") for name in sources._FILE_OPTIONS}
    assert not {*tomllib.loads(text)} & {*re.findall(r"`([a-z-]+)`", others)}


def test_the_baseline_of_the_documentation_can_be_read() -> None:
    [text] = _blocks("docs/reports.md")
    baseline = parse_baseline(text, "known.toml")
    assert len(baseline.entries) == 2
    assert not baseline.unexplained
