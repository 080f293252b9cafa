"""How often what is drawn."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from imagebuilder_strategies import InvalidArn, invalid_pipeline_arn_edges, invalid_pipeline_arns, malformed_bodies
from imagebuilder_strategies.weights import weighted
from tests.strategies.drawing import NIGHTLY, drawn


def test_each_arm_comes_as_often_as_its_weight_says() -> None:
    counted = Counter(drawn(weighted((8, st.just("often")), (1, st.just("seldom"))), 2000))
    assert 5 < counted["often"] / counted["seldom"] < 12


@pytest.mark.parametrize("number", range(3))
def test_some_hundred_draws_of_one_arn_break_it_in_every_way(number: int) -> None:
    labels: set[str] = set()

    @seed(number)
    @settings(
        max_examples=600,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(invalid_pipeline_arns(arn=NIGHTLY))
    def draw(broken: InvalidArn) -> None:
        labels.add(broken.violates)

    draw()
    assert sorted({edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY)} - labels) == []


@pytest.mark.slow
def test_draws_of_any_arn_break_it_in_every_way() -> None:
    labels = {broken.violates for broken in drawn(invalid_pipeline_arns(), 3000)}
    assert sorted({edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY)} - labels) == []


@pytest.mark.slow
def test_most_arns_and_a_third_of_the_bodies_come_from_the_tables() -> None:
    arns = {edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY)}
    of_table = [broken for broken in drawn(invalid_pipeline_arns(), 2000) if broken.violates in arns]
    assert len(of_table) > 1600
    generated = {"body.truncated", "body.missing-punctuation", "body.trailing-junk", "body.leading-junk"}
    bodies = drawn(malformed_bodies(), 2000)
    assert sum(body.violates in generated for body in bodies) < len(bodies) / 2
