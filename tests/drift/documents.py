"""The two forms of the model, and how each is read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from imagebuilder_conformance.drift import service_2, smithy
from imagebuilder_conformance.drift.model import OperationModel
from imagebuilder_conformance.drift.nodes import Node

from .make_models import MODELS, OPERATION

DOCUMENTS: Mapping[str, dict[str, Any]] = {
    name: json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8")) for name in ("service-2", "smithy")
}
_READERS: Mapping[str, Callable[[Node, str], OperationModel]] = {
    "service-2": service_2.model_of,
    "smithy": smithy.model_of,
}


def read(form: str, document: Mapping[str, Any] | None = None) -> OperationModel:
    """The model of a document, or of the one that is kept in this form."""
    return _READERS[form](Node(DOCUMENTS[form] if document is None else document, "model"), OPERATION)
