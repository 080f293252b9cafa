import os
import sys
from pathlib import Path

import pytest

from imagebuilder_conformance.settings import DEFAULT_SEED, UsageError
from imagebuilder_spec import Suite

from .resolving import KEYS, URL, config, refused, resolved


def test_clauses_that_are_named_are_of_any_suite() -> None:
    settings = resolved({"endpoint_url": URL, "prefixes": ("auth.unsigned",)})
    assert settings.suites == tuple(Suite)


@pytest.mark.parametrize("prefix", ["idempotenzy", "request.client-tok", "", ".", "Request", "idempotency.replay.x"])
def test_a_prefix_of_no_clause_is_refused_with_what_was_meant_or_the_areas(prefix: str) -> None:
    sentence = refused({"prefixes": (prefix,)})
    assert repr(prefix) in sentence
    assert "did you mean" in sentence or "the areas are" in sentence


@pytest.mark.parametrize(
    ("names", "suites"),
    [
        (("all",), tuple(Suite)),
        (("auth",), (Suite.AUTH,)),
        (("throttling", "core"), (Suite.CORE, Suite.THROTTLING)),
        (("core", "core"), (Suite.CORE,)),
    ],
)
def test_suites_are_taken_by_name(names: tuple[str, ...], suites: tuple[Suite, ...]) -> None:
    assert resolved({"endpoint_url": URL, "suite": names}).suites == suites


def test_an_unknown_suite_or_contract_is_refused() -> None:
    assert "'sdkk'" in refused({"suite": ("sdkk",)})
    assert "'newest'" in refused({"contract": "newest"})


@pytest.mark.parametrize(("seed", "number"), [("7", 7), (7, 7), ("0", 0)])
def test_a_seed_is_a_number(seed: object, number: int) -> None:
    assert resolved({"seed": seed}).seed == number


def test_or_random() -> None:
    assert len({resolved({"seed": "random"}).seed for _ in range(5)}) > 1
    assert "'dice'" in refused({"seed": "dice"})


def test_a_budget_may_be_nothing_but_not_less() -> None:
    assert resolved({"max_executions": 0}).max_executions == 0
    assert "--max-executions" in refused({"max_executions": -1})


@pytest.mark.parametrize("limit", [0, -1, float("inf"), float("nan")])
def test_a_rate_limit_is_more_than_nothing(limit: float) -> None:
    assert "--rate-limit" in refused({"rate_limit": limit})
    assert resolved({"rate_limit": 0.5}).rate_limit == 0.5


def test_the_report_folder_is_named_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert resolved({"report_dir": str(folder)}).report_dir == folder
    assert list(tmp_path.iterdir()) == []


def test_the_description_has_no_secret() -> None:
    environ = {**KEYS, "AWS_SESSION_TOKEN": "recognisable-session"}
    settings = resolved({"endpoint_url": URL, "prefixes": ("idempotency",), "max_executions": 4}, environ)
    described = str(settings.describe())
    assert "recognisable" not in described
    assert "recognisable" not in repr(settings)
    for shown in ("documented", "core", "idempotency", "4", str(DEFAULT_SEED)):
        assert shown in described


def test_one_worker_makes_the_checks_unless_more_are_asked_for() -> None:
    assert resolved({}).at_work == 1
    assert resolved({"workers": "5"}).at_work == 5


def test_auto_is_a_worker_for_each_core() -> None:
    assert 1 <= resolved({"workers": "auto"}).at_work <= max(1, os.cpu_count() or 1)


@pytest.mark.parametrize("workers", ["0", "-1", "65", "many", "1.5"])
def test_a_number_of_workers_that_makes_no_sense_is_refused(workers: str) -> None:
    with pytest.raises(UsageError, match="--workers"):
        resolved({"workers": workers})


def test_a_limit_of_executions_is_kept_by_one_worker_and_the_description_says_so() -> None:
    settings = resolved({"workers": "4", "max_executions": 9})
    assert settings.at_work == 1
    assert settings.describe()["workers"].startswith("1, ")
    assert resolved({"workers": "4"}).describe()["workers"] == "4"


@pytest.mark.parametrize("program", ["", "no-such-program", "/no/such/folder/python", "."])
def test_an_interpreter_that_is_not_there_is_refused_before_anything_is_sent(program: str) -> None:
    assert "--sdk-python: expected an interpreter of Python" in refused({"endpoint_url": URL, "sdk_python": program})


def test_a_link_of_a_virtual_environment_is_left_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    assert resolved({"endpoint_url": URL, "sdk_python": "./python"}).sdk_python == tmp_path / "python"
    monkeypatch.setenv("PATH", str(tmp_path))
    file = config(tmp_path, 'sdk-python = "python"')
    assert resolved({"endpoint_url": URL}, file=file).sdk_python == tmp_path / "python"
