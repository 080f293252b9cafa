import pytest

from imagebuilder_spec import Family, load_contract, revisions

from .page import ERRORS

ALL = [load_contract(revision).errors for revision in revisions()]
TABLE = load_contract().errors


def test_the_declared_errors_are_the_nine_of_the_page_with_their_statuses() -> None:
    assert {code: error.status for code, error in TABLE.declared.items()} == ERRORS


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_is_the_servers_fault_from_500_on(code: str) -> None:
    error = TABLE.declared[code]
    assert error.code == code
    assert error.fault == ("server" if error.status >= 500 else "client")


@pytest.mark.parametrize("code", ERRORS)
def test_a_declared_error_has_its_own_status_only(code: str) -> None:
    assert TABLE.statuses(code) == frozenset({ERRORS[code]})


def test_a_common_error_has_a_set_of_statuses() -> None:
    assert TABLE.statuses("UnknownOperationException") == frozenset({400, 404, 405})


def test_a_code_that_nobody_publishes_has_no_status() -> None:
    assert TABLE.statuses("TeapotException") is None


def test_no_code_is_both_declared_and_common() -> None:
    assert not TABLE.declared.keys() & TABLE.common.keys()


@pytest.mark.parametrize("family", Family)
def test_every_code_of_a_family_is_published(family: Family) -> None:
    assert {code for code in TABLE.family(family) if TABLE.statuses(code) is None} == set()


@pytest.mark.parametrize(
    ("family", "code"),
    [
        (Family.BAD_PARAMETER, "ClientException"),
        (Family.BAD_PARAMETER, "InvalidRequestException"),
        (Family.BAD_PARAMETER, "ValidationException"),
        (Family.BAD_PARAMETER, "InvalidParameterValueException"),
        (Family.AUTHENTICATION, "InvalidSignatureException"),
        (Family.AUTHENTICATION, "MissingAuthenticationTokenException"),
        (Family.DENIAL, "ForbiddenException"),
        (Family.DENIAL, "AccessDeniedException"),
        (Family.THROTTLING, "CallRateLimitExceededException"),
        (Family.UNKNOWN_OPERATION, "UnknownOperationException"),
    ],
)
def test_the_codes_that_were_seen_are_in_their_family(family: Family, code: str) -> None:
    assert code in TABLE.family(family)


def test_an_answer_about_something_looked_up_is_never_a_bad_parameter() -> None:
    looked_up = {"ResourceNotFoundException", "IdempotentParameterMismatchException", "ResourceInUseException"}
    assert not TABLE.family(Family.BAD_PARAMETER) & looked_up


def test_a_bad_parameter_may_be_answered_400_whatever_its_code() -> None:
    for code in TABLE.family(Family.BAD_PARAMETER):
        assert 400 in (TABLE.statuses(code) or ()), code


def test_the_table_is_the_same_in_each_revision() -> None:
    assert all(table == TABLE for table in ALL)
