import pytest

from imagebuilder_conformance.soaking.clocks import Clock


def test_nothing_is_known_before_the_first_answer() -> None:
    assert Clock().at(1.0) is None


@pytest.mark.parametrize("way_there", [0.0, 0.01, 0.1])
def test_the_true_offset_lies_within_the_uncertainty(way_there: float) -> None:
    ahead, asked, both_ways = 1000.0, 5.0, 0.1
    clock = Clock()
    clock.learn(asked, asked + both_ways, asked + way_there + ahead)
    estimate = clock.at(asked + both_ways)
    assert estimate is not None
    assert abs(estimate.offset - ahead) <= estimate.uncertainty + 1e-9


def test_the_best_answer_counts_until_it_is_old() -> None:
    clock = Clock()
    clock.learn(0.0, 0.001, 50.0005)
    clock.learn(1.0, 1.2, 51.15)
    near, late = clock.at(1.2), clock.at(3000.0)
    assert near is not None
    assert late is not None
    assert near.offset == pytest.approx(50.0)
    assert late.uncertainty > near.uncertainty
    clock.learn(3000.0, 3000.2, 3050.2)
    renewed = clock.at(3000.2)
    assert renewed is not None
    assert renewed.uncertainty == pytest.approx(0.1)
