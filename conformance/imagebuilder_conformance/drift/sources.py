"""Where models come from: the installed botocore, or files whose content says what form they have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from imagebuilder_conformance.drift import service_2, smithy
from imagebuilder_conformance.drift.model import OperationModel
from imagebuilder_conformance.drift.nodes import Node, UnreadableModelError
from imagebuilder_conformance.drift.packages import Document, documents

_SERVICE = "imagebuilder"


@dataclass(frozen=True, slots=True)
class Source:
    """A model, what to call it, and the day that its package gives it, if any."""

    name: str
    model: OperationModel
    released: date | None = None


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
    """The one model in a file, package or folder: botocore's `service-2.json`, aws-sdk v2's form of it, or Smithy's.

    Raises:
        UnreadableModelError: It can't be read, is no such model, or holds several.
    """
    found = list(documents(path, _SERVICE))
    if len(found) > 1:
        names = ", ".join(each.name for each in found[:3])
        raise UnreadableModelError(
            f"{path} holds {len(found)} models ({names}{', …' * (len(found) > 3)}): expected one; "
            f"name one of them, or compare them all with --history"
        )
    return _source(found[0], operation)


def history(paths: Iterable[Path], operation: str) -> list[Source]:
    """All models in files, packages and folders, oldest first.

    Their days order them where each has one; else their names do, versions as numbers.

    Raises:
        UnreadableModelError: Something can't be read, or holds no model.
    """
    sources = [_source(each, operation) for path in paths for each in documents(path, _SERVICE)]
    if all(each.released for each in sources):
        sources.sort(key=lambda each: each.released or date.min)
    return sources


def _source(document: Document, operation: str) -> Source:
    node = Node(document.value, document.name)
    return Source(document.name, _reader(node)(node, operation), document.released)


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
