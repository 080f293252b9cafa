from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.tampering import unsigned
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.workers.messages import Invitation, Made, unpack
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import CheckFinished, Judgement
from imagebuilder_reports.verdicts import Cause, Verdict
from tests.support.calls import start, target_at
from tests.support.exchanges import BAD_PARAMETER, exchange, started

PASSED = Judgement("a.clause", Verdict.PASSED)
UNMET = Judgement("a.clause", Verdict.NOT_RUN, "the condition did not arise", Cause.CONDITION)
ONE_PIPELINE = Judgement("a.clause", Verdict.NOT_RUN, "it takes a second", Cause.PIPELINES)


def made(*judgements: Judgement, exchanges: tuple[Exchange, ...] = ()) -> Made:
    return Made(CheckFinished("a.check", judgements), exchanges, {})


@pytest.mark.parametrize("judgements", [(PASSED,), (PASSED, UNMET), (ONE_PIPELINE,)])
def test_a_check_that_acquits_stands(judgements: tuple[Judgement, ...]) -> None:
    assert made(*judgements).stands


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.WARNED, Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_blame_is_not_laid_beside_other_checks(verdict: Verdict) -> None:
    assert not made(PASSED, Judgement("another.clause", verdict)).stands


def test_a_condition_that_did_not_arise_may_have_been_kept_from_it() -> None:
    assert not made(UNMET).stands


def test_what_was_made_crosses_to_another_process() -> None:
    replay = started()
    back = unpack(made(PASSED, exchanges=(replay,)).pack())
    assert isinstance(back, Made)
    assert back.exchanges == (replay,)
    assert back.event == made(PASSED).event


def test_a_signer_stays_behind() -> None:
    tampered = exchange(BAD_PARAMETER, request=replace(start(), sign=unsigned))
    back = unpack(made(PASSED, exchanges=(tampered,)).pack())
    assert isinstance(back, Made)
    assert back.exchanges[0].request.sign is None


def test_an_invitation_crosses_with_the_target_and_its_credentials(tmp_path: Path) -> None:
    settings = Settings(target_at("http://127.0.0.1:1"))
    invitation = Invitation(Part(number=1, workers=2), (), (1, 1), 0, settings, tmp_path / "events.jsonl")
    assert unpack(invitation.pack()) == invitation


def test_the_parts_of_a_run_share_neither_tokens_nor_ids_of_exchanges() -> None:
    parts = [Part("nonce", 0.0, number, workers=8) for number in range(60)]
    tokens = [tokens.fresh() for part in parts for tokens in [part.tokens()] for _ in range(50)]
    assert len(set(tokens)) == len(tokens)
    assert len({part.prefix for part in parts}) == len(parts)
