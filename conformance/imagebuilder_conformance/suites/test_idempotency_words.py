"""Tokens that are names or values of a language: tokens like any other."""

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.starts import MISMATCH, distinct, word_answered, word_free_or_used
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_spec import FixedWord, fixed_words

_NAMES = "idempotency.token.names"
_DISTINCT = "idempotency.token.distinct"


@check("idempotency.token.names", _NAMES, _DISTINCT, executions=2 * len(fixed_words(thorough=False)))
def test_words(probe: Probe) -> None:
    """Tokens that are names or values of a language get images of their own, as others of their shape do."""
    seen: list[Exchange] = []
    for word in fixed_words(thorough=probe.thorough):
        control = probe.start(word.control, label=f"a control for {word.text}")
        if control.image is None:
            # Another run has used it, for another pipeline, and may have used the word.
            continue
        seen.append(control)
        start = probe.start(word.text, label=f"the token {word.text}")
        probe.judge(word_answered(control, start, _NAMES))
        _judge_mismatch(probe, word, control, start)
        if start.image is not None:
            of_another = next((each for each in seen if each.image == start.image), control)
            probe.judge(distinct(of_another, start, _DISTINCT, "everything"))
            seen.append(start)
    if not seen:
        for each in probe.exchanges:
            probe.require_judgeable(each)
        probe.condition_unmet((_NAMES, _DISTINCT), "another run has used these tokens, which are the same in each")


def _judge_mismatch(probe: Probe, word: FixedWord, control: Exchange, start: Exchange) -> None:
    """A run that has used the word for another pipeline has used the control for that one before.

    So the control would be a mismatch too; it is asked again, as the target may have forgotten it and learned it anew.
    """
    if not _is_mismatch(start):
        return
    elsewhere = probe.start(word.text, probe.mismatching_pipeline, label=f"the token {word.text} with another pipeline")
    if _is_mismatch(elsewhere) and probe.replay(control, "the control again").image == control.image:
        probe.judge(word_free_or_used(control, start, elsewhere, _NAMES))


def _is_mismatch(exchange: Exchange) -> bool:
    return exchange.answer is not None and exchange.answer.code == MISMATCH
