"""What requests are signed with, and where it comes from."""

from collections.abc import Mapping

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Credentials


def resolve_credentials(environ: Mapping[str, str], *, aws: bool) -> Credentials:
    """The credentials of the environment; an endpoint that is not AWS gets dummy ones. Raises `UsageError`."""
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
    if aws:
        raise UsageError("AWS needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    from imagebuilder_conformance.reference.credentials import DUMMY_CREDENTIALS

    return Credentials(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key)
