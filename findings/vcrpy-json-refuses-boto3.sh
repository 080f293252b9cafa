#!/usr/bin/env bash
# vcrpy: its JSON serializer can't write any call of boto3, though every byte of it is ASCII.
#
# Guess: a call of a JSON protocol, with JSON in and out, can be kept in a cassette in JSON; "binary data" is what has to
# go into YAML.
#
# Seen: vcrpy 9.4.2 with boto3 1.44.8 raises TypeError at the end of the block, once the calls are made, and asks whether
# the interaction holds binary data; no cassette is left. The body is text in it; the values of the headers that botocore
# signs are `bytes`. The same call by requests is written, and boto3's to YAML, with tags of `!!binary`.
#
# Who feels it: whoever turns to JSON cassettes, to read them without a YAML parser or to review them, with an AWS client.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check vcrpy==9.4.2 boto3==1.44.8 botocore==1.44.8 requests==2.34.2

cat >record.py <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import requests
import vcr

ANSWER = b'{"requestId": "r"}'


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = boto3.client(
    "imagebuilder", region_name="us-east-1", endpoint_url=url, aws_access_key_id="A", aws_secret_access_key="B"
)
arn = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/a"
ways = {
    "boto3": lambda: client.start_image_pipeline_execution(clientToken="t", imagePipelineArn=arn),
    "requests": lambda: requests.put(f"{url}/x", json={"clientToken": "t"}, timeout=9),
}
for way, call in ways.items():
    for serializer in ("json", "yaml"):
        path = Path(f"{way}.{serializer}")
        try:
            with vcr.VCR(serializer=serializer).use_cassette(str(path)) as cassette:
                call()
                [request] = cassette.requests
                sent = bytes(request.body if isinstance(request.body, bytes) else request.body.encode())
                plain = sent.isascii() and ANSWER.isascii()
        except TypeError as error:
            print(f"{way}, {serializer}: ASCII {plain}, TypeError: {str(error).partition('?')[0]}?, {path.exists()}")
        else:
            print(f"{way}, {serializer}: ASCII {plain}, kept {path.exists()}")
server.shutdown()
PYTHON
venv/bin/python record.py 2>/dev/null | tee seen

diff seen - <<'EXPECTED'
boto3, json: ASCII True, TypeError: Does this HTTP interaction contain binary data?, False
boto3, yaml: ASCII True, kept True
requests, json: ASCII True, kept True
requests, yaml: ASCII True, kept True
EXPECTED
