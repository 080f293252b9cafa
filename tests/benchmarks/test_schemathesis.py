import pytest

from benchmarks.schemathesis_side.runner import SchemathesisRun, run_schemathesis
from benchmarks.targets import CountedTarget, counted
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.selftest.trials import find
from imagebuilder_spec import DEFAULT_REVISION, load_contract, revisions
from imagebuilder_spec.exporting import openapi_document

EACH_REVISION = pytest.mark.parametrize("revision", revisions())
REASON = "the extra `benchmarks` is not installed"
_EXAMPLES = 10


@EACH_REVISION
def test_schemathesis_reads_the_exported_document(revision: str) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason=REASON)
    contract = load_contract(revision)
    schema = schemathesis.openapi.from_dict(openapi_document(contract))
    schema.validate()
    (operation,) = (result.ok() for result in schema.get_all_operations())
    assert operation.path == contract.operation.path


def run_against(behaviour: type[Behaviour], revision: str) -> SchemathesisRun:
    pytest.importorskip("schemathesis", reason=REASON)
    counting = counted(behaviour)
    with ReferenceServer(Settings(contract=load_contract(revision)), behaviour=counting) as server:
        target = counting.target = CountedTarget(server)
        return run_schemathesis(target, examples=_EXAMPLES, contract=revision)


@EACH_REVISION
def test_schemathesis_finds_no_fault_with_the_reference_target_by_it(revision: str) -> None:
    run = run_against(Behaviour, revision)
    assert run.findings == {}
    assert run.requests > _EXAMPLES


def test_schemathesis_finds_an_empty_token_accepted_by_it() -> None:
    assert run_against(find("token-empty-accepted").behaviour, DEFAULT_REVISION).findings
