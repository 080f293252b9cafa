"""The contract of a revision in the forms that other tools read: OpenAPI, JSON Schema, Smithy."""

from imagebuilder_spec.exporting.json_schema import json_schema_document
from imagebuilder_spec.exporting.openapi import openapi_document
from imagebuilder_spec.exporting.smithy import smithy_model

__all__ = ["json_schema_document", "openapi_document", "smithy_model"]
