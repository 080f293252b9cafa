"""What a validator of PyPI says of bodies. It runs apart, in the environment of `validators.txt`.

    python judge.py VALIDATOR < asked.json > said.json

`asked.json` is a list of `{"schema": …, "bodies": […]}`; of each there comes a list with one verdict a body, `accepts`
or `refuses`, or the sentence with which the validator did not take the schema, on one line.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

Judge = Callable[[Any], object]
"""Returns None or True for a body that it accepts; returns False or raises for one that it refuses."""


def _jsonschema(schema: Any) -> Judge:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid


def _jschon(schema: Any) -> Judge:
    import jschon

    jschon.create_catalog("2020-12")
    compiled = jschon.JSONSchema({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})
    return lambda body: compiled.evaluate(jschon.JSON(body)).valid


def _jsonschema_rs(schema: Any) -> Judge:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema).is_valid


def _fastjsonschema(schema: Any) -> Judge:
    import fastjsonschema

    check = fastjsonschema.compile(schema)
    return lambda body: check(body) is body


def _openapi_schema_validator(schema: Any) -> Judge:
    from openapi_schema_validator import OAS31Validator

    return OAS31Validator(schema).is_valid


def _rapidjson(schema: Any) -> Judge:
    import rapidjson

    validate = rapidjson.Validator(json.dumps(schema))
    return lambda body: validate(json.dumps(body))


def _msgspec(schema: Any) -> Judge:
    import msgspec

    model = _msgspec_type("Body", schema)
    return lambda body: msgspec.json.decode(json.dumps(body), type=model) is not None


def _msgspec_type(name: str, schema: Any) -> Any:
    import msgspec

    if "properties" in schema:
        fields = [
            (member, _msgspec_type(member, rules), *([] if member in schema["required"] else [None]))
            for member, rules in schema["properties"].items()
        ]
        return msgspec.defstruct(name, fields, kw_only=True)
    if schema["type"] == "object":
        keys, values = (_msgspec_type(name, schema[part]) for part in ("propertyNames", "additionalProperties"))
        sizes = msgspec.Meta(min_length=schema.get("minProperties"), max_length=schema.get("maxProperties"))
        return Annotated[dict[keys, values], sizes]  # type: ignore[valid-type]  # a type made while it runs
    meta = msgspec.Meta(
        pattern=schema.get("pattern"), min_length=schema.get("minLength"), max_length=schema.get("maxLength")
    )
    return Annotated[str, meta]


def _pydantic(schema: Any, engine: str) -> Judge:
    from pydantic import ConfigDict, TypeAdapter, create_model

    config = ConfigDict(regex_engine=engine)  # type: ignore[typeddict-item]  # one of its two words

    def model(name: str, schema: Any) -> Any:
        from pydantic import Field

        if "properties" in schema:
            fields: dict[str, Any] = {
                member: (model(member, rules), ... if member in schema["required"] else None)
                for member, rules in schema["properties"].items()
            }
            return create_model(name, __config__=config, **fields)
        if schema["type"] == "object":
            keys, values = (model(name, schema[part]) for part in ("propertyNames", "additionalProperties"))
            sizes = Field(min_length=schema.get("minProperties"), max_length=schema.get("maxProperties"))
            return Annotated[dict[keys, values], sizes]
        rules = {"pattern": "pattern", "minLength": "min_length", "maxLength": "max_length"}
        return Annotated[str, Field(**{ours: schema[theirs] for theirs, ours in rules.items() if theirs in schema})]

    check = TypeAdapter(model("Body", schema))
    return lambda body: check.validate_json(json.dumps(body)) is not None


def _generated(schema: Any, kind: str) -> Judge:
    with tempfile.TemporaryDirectory() as name:
        source, made = Path(name) / "schema.json", Path(name) / "made.py"
        source.write_text(json.dumps(schema), encoding="utf-8")
        words = [sys.executable, "-m", "datamodel_code_generator", "--input", source, "--output", made]
        words += ["--input-file-type", "jsonschema", "--output-model-type", kind, "--class-name", "Body"]
        words += ["--target-python-version", "3.11"]
        # In a folder of its own: it reads the `pyproject.toml` of where it is started.
        subprocess.run(words, cwd=name, check=True, capture_output=True, text=True)
        spec = importlib.util.spec_from_file_location("made", made)
        if spec is None or spec.loader is None:
            raise RuntimeError("expected a module, got none")
        module = importlib.util.module_from_spec(spec)
        sys.modules["made"] = module
        spec.loader.exec_module(module)
    if kind.startswith("msgspec"):
        import msgspec

        return lambda body: msgspec.json.decode(json.dumps(body), type=module.Body) is not None
    return lambda body: module.Body.model_validate_json(json.dumps(body)) is not None


def _re2(schema: Any) -> Judge:
    import re2

    search = re2.compile(schema["properties"]["imagePipelineArn"]["pattern"]).search
    return lambda body: search(body["imagePipelineArn"]) is not None


VALIDATORS: dict[str, Callable[[Any], Judge]] = {
    "jsonschema": _jsonschema,
    "jschon": _jschon,
    "jsonschema-rs": _jsonschema_rs,
    "fastjsonschema": _fastjsonschema,
    "openapi-schema-validator": _openapi_schema_validator,
    "python-rapidjson": _rapidjson,
    "msgspec": _msgspec,
    "pydantic-python-re": lambda schema: _pydantic(schema, "python-re"),
    "pydantic-rust-regex": lambda schema: _pydantic(schema, "rust-regex"),
    "datamodel-pydantic": lambda schema: _generated(schema, "pydantic_v2.BaseModel"),
    "datamodel-msgspec": lambda schema: _generated(schema, "msgspec.Struct"),
    "re2": _re2,
}


def _judged(judge: Judge, body: Any) -> str:
    try:
        return "refuses" if judge(body) is False else "accepts"
    except Exception:
        return "refuses"


def _case(make: Callable[[Any], Judge], case: Any) -> Any:
    try:
        judge = make(case["schema"])
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return [_judged(judge, body) for body in case["bodies"]]


def main() -> None:
    """Judge what standard input asks."""
    make = VALIDATORS[sys.argv[1]]
    json.dump([_case(make, case) for case in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
