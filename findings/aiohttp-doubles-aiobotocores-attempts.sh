#!/usr/bin/env bash
# aiobotocore: with retries switched off, a PUT whose connection is lost goes out twice all the same.
#
# Guess: `max_attempts` counts requests. `total_max_attempts: 1` is one request, whatever the method.
#
# Seen with aiobotocore 3.10.0 on aiohttp 3.14.5: aiohttp sends an idempotent method again by itself when the server
# closes the connection without an answer, on a new connection too, and aiobotocore leaves that on. So each attempt of a
# PUT is two requests a few milliseconds apart, with the same body; by default ten in place of five. A POST is one.
#
# Who feels it: HTTP calls PUT idempotent, AWS's operations are not all: this one starts an image build. A target that
# looks a client token up and keeps it in two steps has both requests between them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check aiobotocore==3.10.0 aiohttp==3.14.5

"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import asyncio

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ConnectionClosedError

ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/mine"


async def count(service, operation, **parameters):
    """How many requests a call with one attempt makes of a server that reads each and hangs up."""
    requests = []

    async def hang_up(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        requests.append(head.split()[0].decode())
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "us-east-1"}
    config = AioConfig(retries={"total_max_attempts": 1})
    async with get_session().create_client(service, endpoint_url=url, config=config, **keys) as client:
        try:
            await getattr(client, operation)(**parameters)
        except ConnectionClosedError:
            print(f"{service}: {requests[0]}, {len(requests)}")
    server.close()


asyncio.run(count("imagebuilder", "start_image_pipeline_execution", imagePipelineArn=ARN, clientToken="one"))
asyncio.run(count("sts", "get_caller_identity"))
PYTHON

diff "$folder/seen" - <<'EXPECTED'
imagebuilder: PUT, 2
sts: POST, 1
EXPECTED
