"""Programs of the command line: the option names one and where it is, as in `aws=/usr/bin/aws`."""

import json
import os
import re
import subprocess

import said

_KEYS = f"{os.environ['AWS_ACCESS_KEY_ID']}:{os.environ['AWS_SECRET_ACCESS_KEY']}"
_BODY = json.dumps(said.call)
_URL = said.endpoint + said.PATH
_SECONDS = str(int(said.PATIENCE))


def aws(program: str) -> list[str]:
    """The AWS CLI."""
    words = [program, "imagebuilder", "start-image-pipeline-execution", "--output", "json", "--region", said.REGION]
    words += ["--endpoint-url", said.endpoint, "--cli-read-timeout", _SECONDS]
    words += ["--image-pipeline-arn", said.call["imagePipelineArn"]]
    return words + (["--client-token", said.call["clientToken"]] if "clientToken" in said.call else [])


def curl(program: str) -> list[str]:
    """By --aws-sigv4."""
    words = [program, "-sS", "-q", "-X", "PUT", "--aws-sigv4", f"aws:amz:{said.REGION}:imagebuilder", "--user", _KEYS]
    words += ["-H", "Content-Type: application/json", "--data-binary", _BODY, "--max-time", _SECONDS]
    return [*words, "-w", "\n%{http_code}", _URL]


def awscurl(program: str) -> list[str]:
    """It has no time-out."""
    words = [program, "-i", "-X", "PUT", "--service", "imagebuilder", "--region", said.REGION]
    return [*words, "-H", "Content-Type: application/json", "-d", _BODY, _URL]


def http(program: str) -> list[str]:
    """HTTPie, with its plug-in for AWS; the host's name would tell it region and service."""
    words = [program, "--ignore-stdin", "--check-status", "--timeout", _SECONDS, "--print=b", "--auth-type=aws4"]
    words.append(f"--auth=r={said.REGION},s=imagebuilder")
    return [*words, f"--raw={_BODY}", "PUT", _URL, "Content-Type:application/json"]


COMMANDS = {each.__name__: each for each in (aws, curl, awscurl, http)}
name, _, place = said.option.partition("=")
ran = subprocess.run(COMMANDS[name](place), capture_output=True, text=True, check=False)
if "imageBuildVersionArn" in ran.stdout:
    said.say(ok=True)
else:
    told = ran.stdout + ran.stderr
    # Who reads it finds the error's code, or at least a message of the target.
    known = re.search(r"[A-Z]\w+Exception|[\"']message[\"']", told)
    said.say(ok=False, error=f"exit code {ran.returncode}", by="text" if known else "")
