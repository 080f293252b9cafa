#!/usr/bin/env bash
# botocore: a profile that is asked for by name, and has no credentials, signs with those of the container or instance.
#
# Guess: whoever names a profile gets its credentials or an error. A profile with `sso_session` and no account, with
# `source_profile` and no role, or with half of a key is an incomplete one, and a missing `source_profile` is indeed
# answered with PartialCredentialsError, a missing `sso_role_name` with InvalidConfigError.
#
# Seen with botocore 1.44.8: naming a profile takes the environment variables out of the chain, and nothing else. What no
# provider recognises goes on to the container's agent and the instance's metadata, and Session(profile="team") gives the
# machine's own role, without a word. `sso_session` alone, `source_profile` alone, `aws_secret_access_key` alone and
# `region` alone all do.
#
# Who feels it: a job on EC2 or ECS that names a profile for a sandbox account, with a line lost, calls the account that
# the machine belongs to.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check botocore==1.44.8

cat >"$folder/config" <<'CONFIG'
[profile session-alone]
sso_session = corporate
[sso-session corporate]
sso_region = us-east-1
sso_start_url = https://sso.example/start
[profile source-alone]
source_profile = session-alone
[profile secret-alone]
aws_secret_access_key = recognisable
[profile region-alone]
region = us-east-1
[profile role-alone]
role_arn = arn:aws:iam::123456789012:role/sandbox
[profile account-alone]
sso_account_id = 123456789012
CONFIG

AWS_CONFIG_FILE="$folder/config" AWS_SHARED_CREDENTIALS_FILE="$folder/none" \
  env -u AWS_PROFILE -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from botocore.exceptions import BotoCoreError
from botocore.session import Session


class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        keys = {"AccessKeyId": "ASIAMACHINE", "SecretAccessKey": "secret", "Token": "token"}
        body = json.dumps(keys | {"Expiration": "2126-01-01T00:00:00Z"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Agent)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"http://127.0.0.1:{server.server_port}/"
for profile in ("session-alone", "source-alone", "secret-alone", "region-alone", "role-alone", "account-alone"):
    try:
        found = Session(profile=profile).get_credentials()
        print(f"{profile}: {found.method} {found.access_key}")
    except BotoCoreError as error:
        print(f"{profile}: {type(error).__name__}")
PYTHON

diff "$folder/seen" - <<'EXPECTED'
session-alone: container-role ASIAMACHINE
source-alone: container-role ASIAMACHINE
secret-alone: container-role ASIAMACHINE
region-alone: container-role ASIAMACHINE
role-alone: PartialCredentialsError
account-alone: InvalidConfigError
EXPECTED
