"""Signers for requests and httpx: the option names one. The caller makes the body and reads the answer."""

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import said

_ID, _SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
_BODY = json.dumps(said.call).encode()
_SERVICE = "imagebuilder"
_JSON = {"Content-Type": "application/json"}


def requests_aws4auth() -> Any:
    """For requests."""
    from requests_aws4auth import AWS4Auth

    return AWS4Auth(_ID, _SECRET, said.REGION, _SERVICE)


def aws_requests_auth() -> Any:
    """For requests."""
    from aws_requests_auth.aws_auth import AWSRequestsAuth

    host = urlsplit(said.endpoint).netloc
    return AWSRequestsAuth(_ID, _SECRET, aws_host=host, aws_region=said.REGION, aws_service=_SERVICE)


def requests_auth_aws_sigv4() -> Any:
    """For requests."""
    from requests_auth_aws_sigv4 import AWSSigV4

    return AWSSigV4(_SERVICE, region=said.REGION, aws_access_key_id=_ID, aws_secret_access_key=_SECRET)


def aws_request_signer() -> Any:
    """For requests."""
    from aws_request_signer.requests import AwsAuth

    return AwsAuth(said.REGION, _ID, _SECRET, _SERVICE)


def botocore_requests() -> Any:
    """The signer of botocore, for requests."""
    import requests.auth
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    class Signed(requests.auth.AuthBase):
        def __call__(self, request: Any) -> Any:
            made = AWSRequest(request.method, request.url, data=request.body, headers=_JSON)
            SigV4Auth(Credentials(_ID, _SECRET), _SERVICE, said.REGION).add_auth(made)
            request.headers.update(dict(made.headers.items()))
            return request

    return Signed()


def httpx_aws_auth() -> Any:
    """For httpx."""
    from httpx_aws_auth import AwsCredentials, AwsSigV4Auth

    return AwsSigV4Auth(AwsCredentials(_ID, _SECRET), said.REGION, _SERVICE)


def httpx_auth_awssigv4() -> Any:
    """For httpx."""
    from httpx_auth_awssigv4 import SigV4Auth

    return SigV4Auth(_ID, _SECRET, _SERVICE, said.REGION)


def by_requests(auth: Any) -> tuple[int, str]:
    """The answer, by requests."""
    import requests

    url = said.endpoint + said.PATH
    answer = requests.put(url, data=_BODY, headers=_JSON, auth=auth, timeout=said.PATIENCE)
    return answer.status_code, answer.text


def by_httpx(auth: Any) -> tuple[int, str]:
    """The answer, by httpx."""
    import httpx

    url = said.endpoint + said.PATH
    answer = httpx.put(url, content=_BODY, headers=_JSON, auth=auth, timeout=said.PATIENCE)
    return answer.status_code, answer.text


SIGNERS: dict[str, Callable[[], Any]] = {
    each.__name__: each
    for each in (
        *(requests_aws4auth, aws_requests_auth, requests_auth_aws_sigv4, aws_request_signer, botocore_requests),
        *(httpx_aws_auth, httpx_auth_awssigv4),
    )
}
try:
    send = by_httpx if said.option.startswith("httpx") else by_requests
    said.say_answer(*send(SIGNERS[said.option]()))
except Exception as error:
    said.say(ok=False, error=type(error).__name__, by="")
