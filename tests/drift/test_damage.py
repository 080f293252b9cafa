"""Whatever is wrong with a model, it is read or refused; nothing else comes of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from imagebuilder_conformance.drift.comparing import compare
from imagebuilder_conformance.drift.nodes import UnreadableModelError
from imagebuilder_spec import load_contract

from .documents import DOCUMENTS, read
from .planting import GONE, Path, doctored

WRONG: tuple[object, ...] = (GONE, None, True, -1, 0.5, "", "x", [], [7], {}, {"x": {}})


def ways(node: Any, way: Path = ()) -> Iterator[Path]:
    """The ways to all that is in a document."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*way, key)
        if isinstance(value, dict | list):
            yield from ways(value, (*way, key))


@pytest.mark.slow
@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_damaged_model_is_read_or_refused(form: str) -> None:
    contract = load_contract("current")
    said = []
    damaged = [doctored(DOCUMENTS[form], {way: wrong}) for way in ways(DOCUMENTS[form]) for wrong in WRONG]
    for document in damaged:
        try:
            compare(contract, read(form, document))
        except UnreadableModelError as error:
            said.append(str(error))
    assert 0.3 < len(said) / len(damaged) < 1
    assert all(sentence.startswith("model") for sentence in said)
