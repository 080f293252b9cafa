"""All oracles, and which of them judges a recorded failure when its exchanges are made again."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules

from imagebuilder_conformance import oracles
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import ORACLES, CannotJudgeError, Oracle
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.findings import Failure, Finding
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_spec import Contract

_PASSIVE: Mapping[str, PassiveCheck] = {check.id: check for check in PASSIVE_CHECKS}


def all_oracles() -> Sequence[Oracle[...]]:
    """Every oracle that is declared."""
    for module in iter_modules(oracles.__path__):
        import_module(f"{oracles.__name__}.{module.name}")
    return ORACLES


def judge_again(
    check: str, failure: str, clause: str, exchanges: Sequence[Exchange], contract: Contract
) -> list[Finding]:
    """What the oracle that had found a failure, by its code, finds of `clause` in exchanges like those recorded.

    Raises:
        CannotJudgeError: There is no such oracle, or the exchanges are not such as it judges.
    """
    expect_judgeable(check, failure, len(exchanges))
    if check in _PASSIVE:
        findings = _PASSIVE[check].judge(exchanges, contract)
    else:
        findings = _reporting(failure).replay(exchanges, clause, contract)
    return [finding for finding in findings if finding.clause == clause]


def expect_judgeable(check: str, failure: str, count: int) -> None:
    """See, before anything is sent, whether `count` exchanges can show such a failure.

    Raises:
        CannotJudgeError: They can't.
    """
    if check not in _PASSIVE:
        _reporting(failure).expect_replayable(count)
    elif not count:
        raise CannotJudgeError("the report has no exchange of it")


def _reporting(failure: str) -> Oracle[...]:
    """The first oracle that reports failures of this code.

    Raises:
        CannotJudgeError: There is none.
    """
    for oracle in all_oracles():
        if failure in map(_code, oracle.reports):
            return oracle
    raise CannotJudgeError(f"this version of the suite knows no failure {failure}")


def _code(kind: type[Failure]) -> str:
    return kind.code
