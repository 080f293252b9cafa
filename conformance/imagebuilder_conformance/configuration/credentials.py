"""What requests are signed with, and where it comes from.

A target that is not AWS gets real credentials only where somebody asked for them: by `--profile`, or by a key in
`AWS_ACCESS_KEY_ID`. `AWS_PROFILE` and the rest of botocore's chain are for AWS, and are not even looked at elsewhere:
that alone may run a program, or fail for a login that has ended.
"""

from collections.abc import Mapping
from importlib.util import find_spec

from imagebuilder_conformance.configuration.profiles import INSTALL, chain_credentials
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Credentials, CredentialSource

_KEY = "AWS_ACCESS_KEY_ID"
_SECRET = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  # the name of a variable
# IAM's AccessKeyId has 16 characters at least. What is shorter is one of the words that emulators ask for, as `test`.
_SHORTEST_KEY = 16


def resolve_credentials(
    environ: Mapping[str, str], *, aws: bool, region: str, profile: str | None = None
) -> CredentialSource:
    """The credentials of the profile, else of the environment, else on AWS of botocore's chain, else dummy ones.

    Args:
        environ: The environment.
        aws: Whether the target is AWS.
        region: Where a role's credentials are asked for, unless its profile says so.
        profile: The profile that is asked for on the command line.

    Raises:
        UsageError: A profile is asked for that can't be had, a key has no secret, or AWS gets no credentials.
    """
    if profile is not None:
        return _expected(chain_credentials(profile, f"--profile {profile}", region))
    if given := _of_environment(environ):
        return given
    if not aws:
        return _dummy(environ)
    named = environ.get("AWS_PROFILE")
    if find_spec("botocore") is None:
        raise UsageError(f"{_NONE_FOR_AWS}, or, for profiles and roles, {INSTALL}")
    return _expected(chain_credentials(named or None, f"AWS_PROFILE={named}" if named else "botocore's chain", region))


def _expected(found: CredentialSource | None) -> CredentialSource:
    if found is None:
        raise UsageError(f"{_NONE_FOR_AWS}, or name a --profile")
    return found


_NONE_FOR_AWS = f"AWS needs credentials: set {_KEY} and {_SECRET}"


def _of_environment(environ: Mapping[str, str]) -> Credentials | None:
    key, secret = environ.get(_KEY), environ.get(_SECRET)
    if key and not secret:
        raise UsageError(f"{_KEY} is set and {_SECRET} is not: set both or neither")
    if not (key and secret):
        return None
    given = Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None, _KEY)
    if given.flaw:
        raise UsageError(f"{_KEY} and what goes with it: {given.flaw}; set it anew")
    return given


def unread_credentials(environ: Mapping[str, str], *, profile: str | None) -> Credentials:
    """What stands for the credentials where nothing is sent: of a profile that is asked for only its name is known."""
    if profile is not None:
        return Credentials(f"the key of profile {profile}", "", origin=f"--profile {profile}")
    return _of_environment(environ) or _dummy(environ)


def _dummy(environ: Mapping[str, str]) -> Credentials:
    """Credentials that mean something to the reference target only."""
    from imagebuilder_conformance.reference.credentials import DUMMY_CREDENTIALS

    unused = "; AWS_PROFILE is for AWS only, --profile is for any target" if environ.get("AWS_PROFILE") else ""
    return Credentials(
        DUMMY_CREDENTIALS.access_key_id,
        DUMMY_CREDENTIALS.secret_access_key,
        origin=f"this suite, a dummy{unused}",
    )


def is_real(access_key_id: str) -> bool:
    """Whether a key may be one of AWS's: none that emulators ask for, and none of this suite's own."""
    from imagebuilder_conformance.reference.credentials import DENIED_CREDENTIALS, DUMMY_CREDENTIALS

    own = {DUMMY_CREDENTIALS.access_key_id, DENIED_CREDENTIALS.access_key_id}
    return len(access_key_id) >= _SHORTEST_KEY and access_key_id not in own


def denied_credentials(profile: str | None, region: str) -> Credentials | None:
    """The credentials of a caller without the permission, as they are now; None without a profile.

    Raises `UsageError` where botocore is not installed, or gives no credentials for the profile.
    """
    if profile is None:
        return None
    found = chain_credentials(profile, f"--denied-profile {profile}", region)
    return None if found is None else found.frozen()
