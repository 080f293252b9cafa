from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_spec import Contract, compile_pattern, load_contract, revisions
from imagebuilder_spec.exporting.openapi import codes_by_status, openapi_document

PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-a"


@pytest.fixture(params=revisions())
def contract(request: pytest.FixtureRequest) -> Contract:
    return load_contract(request.param)


def operation_of(contract: Contract) -> dict[str, Any]:
    described = openapi_document(contract, [PIPELINE])
    operation: dict[str, Any] = described["paths"][contract.operation.path][contract.operation.method.lower()]
    return operation


def answer(operation: dict[str, Any], status: int) -> Draft202012Validator:
    return Draft202012Validator(operation["responses"][str(status)]["content"]["application/json"]["schema"])


def test_the_bodies_are_those_of_the_contract(contract: Contract) -> None:
    operation = operation_of(contract)
    request = operation["requestBody"]["content"]["application/json"]["schema"]
    response = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for described, promised in ((request, contract.request_schema), (response, contract.response_schema)):
        assert described["properties"] == promised["properties"]
        assert described["required"] == promised["required"]


def test_every_schema_is_a_json_schema(contract: Contract) -> None:
    operation = operation_of(contract)
    for body in (operation["requestBody"], *operation["responses"].values()):
        Draft202012Validator.check_schema(body["content"]["application/json"]["schema"])


def test_every_status_of_an_error_is_described(contract: Contract) -> None:
    statuses = {str(status) for error in contract.errors.declared.values() for status in [error.status]}
    statuses |= {str(status) for admissible in contract.errors.common.values() for status in admissible}
    assert operation_of(contract)["responses"].keys() == statuses | {"200"}


def test_a_code_is_described_where_it_may_stand_and_nowhere_else(contract: Contract) -> None:
    operation = operation_of(contract)
    for status, codes in codes_by_status(contract.errors).items():
        header = operation["responses"][str(status)]["headers"]["x-amzn-ErrorType"]["schema"]
        pattern = compile_pattern(header["pattern"])
        for code in codes:
            assert pattern.search(code)
            assert pattern.search(f"aws.imagebuilder#{code}:http://internal")
        assert not pattern.search("NoSuchException")
    not_found = operation["responses"]["400"]["headers"]["x-amzn-ErrorType"]["schema"]["pattern"]
    assert not compile_pattern(not_found).search("ResourceNotFoundException")


def test_an_error_may_name_its_code_in_the_body_or_not_at_all(contract: Contract) -> None:
    answered = answer(operation_of(contract), 404)
    assert answered.is_valid({"message": "none"})
    assert answered.is_valid({"Message": "none", "__type": "ResourceNotFoundException"})
    assert not answered.is_valid({"message": "none", "code": "ClientException"})
    assert not answered.is_valid({})


def test_the_example_is_a_valid_request(contract: Contract) -> None:
    content = operation_of(contract)["requestBody"]["content"]["application/json"]
    (example,) = content["examples"].values()
    assert Draft202012Validator(content["schema"]).is_valid(example["value"])
