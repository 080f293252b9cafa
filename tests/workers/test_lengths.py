from collections import Counter

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_conformance.suites.lengths import length_of, lengths
from imagebuilder_reports.model import Report

# A check that takes more is worth a line.
LONG = 10


def test_every_check_that_is_listed_is_there() -> None:
    assert lengths().keys() <= {check.id for check in declared_checks()}


def test_the_long_checks_are_listed_and_about_as_long_as_it_says(reference_run: Report) -> None:
    taken = Counter(exchange.check for exchange in reference_run.exchanges)
    alone = {check.id for check in declared_checks() if isinstance(check, Check) and check.alone}
    for check, exchanges in taken.items():
        if check not in alone and (exchanges > LONG or check in lengths()):
            assert exchanges / 2 <= length_of(check) <= exchanges * 2, check
