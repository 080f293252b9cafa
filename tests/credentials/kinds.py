"""Kinds of credentials, as somebody's machine may have them: files, variables, and the services that give keys."""

import hashlib
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.scripted import Received, Reply, ScriptedServer

STATIC = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "recognisable-secret"}
ROLE = "arn:aws:iam::123456789012:role/conformance"
ACCOUNT = "123456789012"
# Gives other keys each time that it is asked.
PROCESS = """
import json, pathlib, sys
count = pathlib.Path(sys.argv[1])
number = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(number))
print(json.dumps({"Version": 1, "AccessKeyId": f"ASIAPROCESS{number:09}", "SecretAccessKey": "recognisable-secret",
                  "SessionToken": "recognisable-session", "Expiration": "2126-01-01T00:00:00Z"}))
"""


@dataclass
class Machine:
    """What AWS's tools find on a machine: a home folder, variables, and a server that gives keys."""

    home: Path
    services: ScriptedServer
    sts: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.home / ".aws").mkdir(parents=True)
        self.variables |= {
            "HOME": str(self.home),
            "AWS_CONFIG_FILE": str(self.home / ".aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / ".aws" / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_STS": self.sts,
            "AWS_ENDPOINT_URL_SSO": self.services.url,
        }

    def configure(self, text: str) -> None:
        (self.home / ".aws" / "config").write_text(text)

    def keys(self, key: str, name: str = "team") -> None:
        """Put keys into the shared file."""
        text = f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = recognisable-secret\n"
        (self.home / ".aws" / "credentials").write_text(text)


Words = tuple[str, ...]
Setup = Callable[[Machine], Words]


def variables(machine: Machine) -> Words:
    machine.variables |= STATIC
    return ()


def variables_with_token(machine: Machine) -> Words:
    machine.variables |= STATIC | {"AWS_SESSION_TOKEN": "recognisable-session"}
    return ()


def file(machine: Machine) -> Words:
    machine.keys("AKIATEAM000000000000")
    return ("--profile", "team")


def role(machine: Machine, more: str = "") -> Words:
    # No region: it is that of the target.
    machine.keys("AKIATEAM000000000000", "base")
    machine.configure(f"[profile team]\nrole_arn = {ROLE}\nsource_profile = base\n{more}")
    return ("--profile", "team")


def role_with_code(machine: Machine) -> Words:
    return role(machine, "mfa_serial = arn:aws:iam::123456789012:mfa/somebody\n")


def web_identity(machine: Machine) -> Words:
    (machine.home / "token").write_text("recognisable-token")
    machine.configure(f"[profile team]\nrole_arn = {ROLE}\nweb_identity_token_file = {machine.home / 'token'}\n")
    return ("--profile", "team")


def process(machine: Machine) -> Words:
    (machine.home / "process.py").write_text(PROCESS)
    words = f"{sys.executable} {machine.home / 'process.py'} {machine.home / 'count'}"
    machine.configure(f"[profile team]\ncredential_process = {words}\n")
    return ("--profile", "team")


def sso(machine: Machine) -> Words:
    machine.configure(
        f"[profile team]\nsso_session = corporate\nsso_account_id = {ACCOUNT}\nsso_role_name = Builder\n"
        "[sso-session corporate]\nsso_region = us-east-1\nsso_start_url = https://sso.example/start\n"
    )
    cached = machine.home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(b'corporate').hexdigest()}.json"
    cached.parent.mkdir(parents=True)
    ends = datetime.now(UTC) + timedelta(hours=8)
    cached.write_text(
        json.dumps(
            {
                "startUrl": "https://sso.example/start",
                "region": "us-east-1",
                "accessToken": "recognisable-token",
                "expiresAt": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )
    )
    return ("--profile", "team")


def login(machine: Machine) -> Words:
    machine.configure("[profile team]\nlogin_session = arn:aws:iam::123456789012:user/somebody\n")
    return ("--profile", "team")


def named_by_variable(machine: Machine) -> Words:
    process(machine)
    machine.variables["AWS_PROFILE"] = "team"
    return ()


def container(machine: Machine) -> Words:
    (machine.home / "authorization").write_text("recognisable-token")
    machine.variables |= {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{machine.services.url}/container",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(machine.home / "authorization"),
    }
    return ()


def instance(machine: Machine) -> Words:
    machine.variables |= {
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.services.url,
    }
    return ()


def nothing(_: Machine) -> Words:
    return ()


KINDS: Mapping[str, Setup] = {
    "`AWS_ACCESS_KEY_ID`": variables,
    "`AWS_ACCESS_KEY_ID` with `AWS_SESSION_TOKEN`": variables_with_token,
    "`--profile`, keys in a file": file,
    "`--profile`, `role_arn`": role,
    "`--profile`, `role_arn` and `mfa_serial`": role_with_code,
    "`--profile`, `web_identity_token_file`": web_identity,
    "`--profile`, `credential_process`": process,
    "`--profile`, `sso_session`": sso,
    "`--profile`, `login_session`": login,
    "`AWS_PROFILE`": named_by_variable,
    "a container's": container,
    "an instance's": instance,
    "none": nothing,
}
ON_MOTO = (role, role_with_code, web_identity)


def services() -> ScriptedServer:
    """A server that gives other keys each time: the portal of SSO, a container's agent, an instance's metadata."""
    numbers = itertools.count(1)

    def answer(request: Received) -> Reply:
        path = request.path.split("?")[0]
        if path == "/latest/api/token":
            return Reply(200, b"metadata-token", (("x-aws-ec2-metadata-token-ttl-seconds", "21600"),))
        if path == "/latest/meta-data/iam/security-credentials/":
            return Reply(200, b"Builder")
        number = next(numbers)
        key, secret, token = f"ASIASERVICE{number:09}", "recognisable-secret", "recognisable-session"
        ends = datetime.now(UTC) + timedelta(hours=1)
        if path == "/federation/credentials":
            members: dict[str, object] = {
                "roleCredentials": {
                    "accessKeyId": key,
                    "secretAccessKey": secret,
                    "sessionToken": token,
                    "expiration": int(ends.timestamp() * 1000),
                }
            }
        else:
            members = {"Code": "Success", "AccessKeyId": key, "SecretAccessKey": secret, "Token": token}
            members |= {"Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"), "LastUpdated": "2026-01-01T00:00:00Z"}
        return Reply(200, json.dumps(members).encode())

    return ScriptedServer(answer)
