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


def denied_credentials(profile: str | None) -> Credentials | None:
    """The credentials of a caller without the permission, as they are now; None without a profile.

    Raises `UsageError` where botocore is not installed, or gives no credentials for the profile.
    """
    if profile is None:
        return None
    try:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import Session
    except ImportError:
        raise UsageError("--denied-profile takes botocore: pip install 'imagebuilder-conformance[aws]'") from None
    try:
        found = Session(profile=profile).get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"--denied-profile: {' '.join(str(error).split())}") from error
    if frozen is None or not (frozen.access_key and frozen.secret_key):
        raise UsageError(f"--denied-profile: the profile {profile!r} has no credentials")
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)
