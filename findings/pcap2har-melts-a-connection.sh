#!/usr/bin/env bash
# pcap2har: of all exchanges of a kept-alive connection it makes one entry, with the headers of all in it.
#
# Guess: a HAR has one entry for each request, so a converter of packet captures writes one for each.
#
# Seen: pcap2har 0.1.2 (with tshark) writes one entry for three exchanges of HTTP/1.1 on one connection, without a
# warning. It has three Host headers, the URL and the status of the last exchange, and the bodies of all three in one.
# The same exchanges on a connection each become three entries.
#
# Who feels it: whoever counts, replays or judges calls of clients that pool connections, as SDKs do.
#
# Takes Debian's tshark and tcpdump, and the right to capture on the loopback interface.
set -euo pipefail

folder=$(mktemp -d)
server=''
capture=''
trap 'kill $server $capture 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pcap2har==0.1.2

cat >server.py <<'PYTHON'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
cat >client.py <<'PYTHON'
import http.client
import sys

port, kept_alive = int(sys.argv[1]), sys.argv[2] == "one"
connection = http.client.HTTPConnection("127.0.0.1", port)
for status in (200, 404, 201):
    connection.request("PUT", f"/{status}", body=f'"{status}"', headers={"Content-Type": "application/json"})
    connection.getresponse().read()
    if not kept_alive:
        connection.close()
connection.close()
PYTHON
python3 server.py >port 2>/dev/null &
server=$!
until [ -s port ]; do sleep 0.1; done

for connections in one each; do
  tcpdump -i lo -U -w "$connections.pcap" "tcp port $(<port)" 2>said &
  capture=$!
  until grep -q 'listening on' said; do sleep 0.1; done
  sleep 1
  python3 client.py "$(<port)" "$connections"
  sleep 1
  kill "$capture"
  wait "$capture" || true
  venv/bin/pcap2har "$connections.pcap" --output "$connections.har" --check off 2>/dev/null
  python3 - "$connections" <<'PYTHON'
import base64
import json
import sys

for entry in json.load(open(f"{sys.argv[1]}.har"))["log"]["entries"]:
    request, response = entry["request"], entry["response"]
    hosts = sum(header["name"].lower() == "host" for header in request["headers"])
    path, body = request["url"].rpartition("/")[2], base64.b64decode(request["postData"]["text"]).decode()
    print(f"{sys.argv[1]}: /{path} with {body}, {hosts} Host, answered {response['status']}")
PYTHON
done | tee seen

diff seen - <<'EXPECTED'
one: /201 with "200""404""201", 3 Host, answered 201
each: /200 with "200", 1 Host, answered 200
each: /404 with "404", 1 Host, answered 404
each: /201 with "201", 1 Host, answered 201
EXPECTED
