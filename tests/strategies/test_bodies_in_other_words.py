import json

import pytest

from imagebuilder_strategies import equivalent_bodies, heavy_bodies
from tests.strategies.drawing import NIGHTLY, UNIQUE, strictly_read

TOKENS = [UNIQUE, "a", "clientToken", 'tab\tquote" slash/ back\\', "é日😀", "x" * 36]


@pytest.mark.parametrize("token", TOKENS)
def test_equivalent_bodies_say_the_same_in_different_bytes(token: str) -> None:
    bodies = equivalent_bodies(token, NIGHTLY)
    request = {"clientToken": token, "imagePipelineArn": NIGHTLY}
    assert [body for body in bodies if strictly_read(body.value) != request] == []
    assert len({body.value for body in bodies}) == len({body.label for body in bodies}) == len(bodies) >= 11


def test_a_token_beyond_ascii_is_written_plainly_and_with_escapes() -> None:
    bodies = {body.label: body.value for body in equivalent_bodies("é😀", NIGHTLY)}
    assert "é😀".encode() in bodies["body.plain"]
    assert rb"\u00e9\ud83d\ude00" in bodies["body.ascii"]
    assert rb"\u00E9\uD83D\uDE00" in bodies["body.escaped-token.upper-case"]


def test_heavy_bodies_are_heavy() -> None:
    for body in heavy_bodies(UNIQUE, NIGHTLY):
        if body.violates.startswith("body.large."):
            # nginx lets a mebibyte through.
            assert 1_000_000 <= len(body.value) < 2**20
        else:
            assert max(body.value.count(b"["), body.value.count(b"{")) >= 100_000


def test_heavy_bodies_are_judged_unless_they_hold_a_legal_request() -> None:
    bodies = heavy_bodies(UNIQUE, NIGHTLY, depth=5, size=1000)
    assert {body.violates for body in bodies if not body.judged} == {
        body.violates for body in bodies if _is_legal(body.value)
    }


def _is_legal(body: bytes) -> bool:
    try:
        request = json.loads(body)
    except ValueError:
        return False
    return isinstance(request, dict) and request.get("clientToken") == UNIQUE and "A" not in request["imagePipelineArn"]
