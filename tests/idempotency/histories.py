"""Hypothesis strategies for small histories, dense in overlaps and in clashes."""

from hypothesis import strategies as st
from msgspec.structs import replace

from imagebuilder_conformance.idempotency import Call, Mismatch, Outcome, Refused, Started, Unknown

# Few instants: ties and touching intervals, where a strict comparison for a loose one would show, must be common.
instants = st.integers(0, 7).map(float)


def outcomes(images: int = 3) -> st.SearchStrategy[Outcome]:
    return st.one_of(
        st.sampled_from([Started(f"image {number}") for number in range(1, images + 1)]),
        st.just(Mismatch()),
        st.just(Unknown()),
        st.just(Refused("ResourceInUseException")),
    )


@st.composite
def calls(draw: st.DrawFn, tokens: int = 2, pipelines: int = 3, images: int = 3) -> Call:
    one, two = sorted((draw(instants), draw(instants)))
    return Call(
        id="",
        token=draw(st.sampled_from([f"token {number}" for number in range(1, tokens + 1)])),
        pipeline=draw(st.sampled_from("PQR"[:pipelines])),
        invoked=one,
        returned=draw(st.sampled_from([two, two, two, None])),
        outcome=draw(outcomes(images)),
    )


@st.composite
def histories(draw: st.DrawFn, max_size: int = 6, tokens: int = 2, pipelines: int = 3, images: int = 3) -> list[Call]:
    drawn = draw(st.lists(calls(tokens, pipelines, images), max_size=max_size))
    return [replace(call, id=f"e{number}") for number, call in enumerate(drawn, 1)]


@st.composite
def served_histories(draw: st.DrawFn, max_size: int = 6) -> list[Call]:
    """What a correct target answers: explicable by construction, however the calls overlap."""
    held: dict[str, tuple[str, str]] = {}
    served = []
    for number in range(1, draw(st.integers(0, max_size)) + 1):
        token = draw(st.sampled_from(["token 1", "token 2"]))
        pipeline = draw(st.sampled_from("PQR"))
        effective = draw(st.sampled_from([True, True, True, False]))
        if effective:
            held.setdefault(token, (pipeline, f"image {number}"))
        outcome: Outcome = Refused("CallRateLimitExceededException")
        if effective:
            owner, image = held[token]
            outcome = Started(image) if owner == pipeline else Mismatch()
        before, after = draw(instants), draw(instants)
        call = Call(f"e{number}", token, pipeline, number - before, number + after, outcome)
        if draw(st.sampled_from([False, False, True])):
            call = replace(call, returned=draw(st.sampled_from([call.returned, None])), outcome=Unknown())
        served.append(call)
    return served


@st.composite
def sequences(draw: st.DrawFn) -> list[Call]:
    """Histories whose calls follow each other."""
    drawn = draw(histories(max_size=7))
    return [
        replace(call, invoked=2.0 * number, returned=None if call.returned is None else 2.0 * number + 1)
        for number, call in enumerate(drawn)
    ]
