"""What requests are signed with, and where it comes from."""

from collections.abc import Mapping
from importlib.util import find_spec

from imagebuilder_conformance.configuration.profiles import INSTALL, chain_credentials
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Credentials, CredentialSource


def resolve_credentials(environ: Mapping[str, str], *, aws: bool, profile: str | None = None) -> CredentialSource:
    """The credentials of the profile, else of the environment, else on AWS of botocore's chain, else dummy ones.

    Raises `UsageError` where a profile is asked for that can't be had, and where AWS gets none.
    """
    if profile is not None:
        return _of_profile(profile, "--profile")
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
    installed = find_spec("botocore") is not None
    if installed and environ.get("AWS_PROFILE"):
        return _of_profile(environ["AWS_PROFILE"], "AWS_PROFILE")
    if aws:
        found = chain_credentials(None) if installed else None
        if found is None:
            hint = "or name a --profile" if installed else f"or, for profiles and roles, {INSTALL}"
            raise UsageError(f"AWS needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, {hint}")
        return found
    return dummy()


def dummy() -> Credentials:
    """Credentials that mean something to the reference target only."""
    from imagebuilder_conformance.reference.credentials import DUMMY_CREDENTIALS

    return Credentials(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key)


def denied_credentials(profile: str | None) -> Credentials | None:
    """The credentials of a caller without the permission, as they are now; None without a profile.

    Raises `UsageError` where botocore is not installed, or gives no credentials for the profile.
    """
    return None if profile is None else _of_profile(profile, "--denied-profile").frozen()


def _of_profile(profile: str, option: str) -> CredentialSource:
    try:
        found = chain_credentials(profile)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error
    if found is None:
        raise UsageError(f"{option}: the profile {profile!r} has no credentials")
    return found
