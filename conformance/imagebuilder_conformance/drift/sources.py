"""Where models come from: the installed botocore, or a file whose content says what form it has."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from imagebuilder_conformance.drift import service_2, smithy
from imagebuilder_conformance.drift.model import OperationModel
from imagebuilder_conformance.drift.nodes import Node, UnreadableModelError

_SERVICE = "imagebuilder"


@dataclass(frozen=True, slots=True)
class Source:
    """A model, and what to call it."""

    name: str
    model: OperationModel


def from_botocore(operation: str) -> Source:
    """The model that the installed botocore brings, not one that its user put beside it.

    Raises:
        UnreadableModelError: botocore is not installed, or its model has not what is looked for.
    """
    if find_spec("botocore") is None:
        raise UnreadableModelError(
            "drift takes botocore: pip install 'imagebuilder-conformance[aws]', or name a file with --model"
        )
    import botocore
    from botocore.exceptions import BotoCoreError
    from botocore.loaders import Loader

    name = f"botocore {botocore.__version__}"
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    try:
        document = loader.load_service_model(_SERVICE, "service-2")
    except BotoCoreError as error:
        raise UnreadableModelError(f"{name} has no model of {_SERVICE}: {' '.join(str(error).split())}") from error
    return Source(name, service_2.model_of(Node(document, name), operation))


def from_file(path: Path, operation: str) -> Source:
    """The model in a file: botocore's `service-2.json`, or Smithy's JSON.

    Raises:
        UnreadableModelError: The file can't be read, or is no such model.
    """
    document = Node(_parsed(path), str(path))
    return Source(str(path), _reader(document)(document, operation))


def _parsed(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableModelError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableModelError(f"{path} is not JSON: {error}") from error


def _reader(document: Node) -> Callable[[Node, str], OperationModel]:
    """Smithy says what it is; of botocore's form the operations are told by their name."""
    if isinstance(document.value, dict):
        if "smithy" in document.value:
            return smithy.model_of
        if "operations" in document.value:
            return service_2.model_of
    raise UnreadableModelError(
        f"{document.where}: expected a service-2.json with `operations`, or a Smithy model in JSON with `smithy`"
    )
