"""Every machine-readable file says which version of its schema it follows; this release reads one."""

from imagebuilder_reports.errors import OtherVersionError
from imagebuilder_reports.events import SCHEMA_VERSION


def expect_version(data: object, source: str) -> None:
    """Refuse another version, before anything else is said of what is in the file.

    Raises:
        OtherVersionError: The object names another version, or none.
    """
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise OtherVersionError(f"{source} has schema version {version!r}: expected {SCHEMA_VERSION}")
