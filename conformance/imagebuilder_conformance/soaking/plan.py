"""What all workers of a soak must agree on: the pipelines, the contract, and the text of each token."""

import json
import string
from dataclasses import asdict, dataclass
from itertools import chain

from imagebuilder_conformance.probing.draws import draw
from imagebuilder_spec import Contract
from imagebuilder_strategies import client_token_edges, client_tokens

_LETTERS = string.ascii_lowercase
# Enough for a hundred million tokens.
_COUNTER_LENGTH = 6
_DRAWN = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """Handed out by the master.

    Attributes:
        nonce: a text that each token of the soak contains.
        shapes: tokens with the placeholder in the place of what makes each unique.
        placeholder: as long as what takes its place.
        pipelines: the first one or two take turns as the one that a token is meant for.
        revision: of the contract.
        max_executions: how many each worker may start; None for no limit.
        seconds: for how long a worker sends at the most.
    """

    nonce: str
    shapes: tuple[str, ...]
    placeholder: str
    pipelines: tuple[str, ...]
    revision: str
    max_executions: int | None
    seconds: float

    def token(self, number: int) -> str:
        """The text of a token; each number has another."""
        return self.shapes[number % len(self.shapes)].replace(self.placeholder, self.nonce + _in_letters(number))

    def pipeline(self, number: int, *, other: bool = False) -> str:
        """The pipeline that a token is meant for, or the one that competes for it."""
        return self.pipelines[(number + other) % len(self.pipelines)]

    def to_json(self) -> str:
        """The plan as a text. Plain ASCII, as tokens hold anything."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan back from its text."""
        members = json.loads(text)
        return cls(**{**members, "shapes": tuple(members["shapes"]), "pipelines": tuple(members["pipelines"])})


def shapes(contract: Contract, nonce: str, *, seed: int) -> tuple[tuple[str, ...], str]:
    """The shapes of tokens, enumerated edges first and drawn ones after them, and the placeholder in them.

    They are drawn before anything is sent. Printable ASCII only: other tokens may be refused.
    """
    placeholder = nonce[::-1].upper() + "#" * _COUNTER_LENGTH
    edges = (edge.value for edge in client_token_edges(contract=contract, unique=placeholder))
    drawn = draw(client_tokens(contract=contract, unique=placeholder), _DRAWN, seed_=seed)
    return tuple(dict.fromkeys(chain(edges, drawn))), placeholder


def _in_letters(number: int) -> str:
    letters = []
    for _ in range(_COUNTER_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
