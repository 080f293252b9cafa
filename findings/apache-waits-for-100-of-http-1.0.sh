#!/usr/bin/env bash
# Apache 2.4.71 (Debian 12, apache2 2.4.71-1~deb12u1): `Expect: 100-continue` through mod_proxy_http, before a server of
# HTTP/1.0, such as Python's http.server, and of HTTP/1.1.
#
# Guess: a proxy asks for the body itself, or, having heard nothing for a while, passes it on: RFC 9110 (10.1.1) has
# clients not wait indefinitely, since servers before HTTP/1.1 never answer 100.
# Seen: it passes the expectation on and waits for 100 until its ProxyTimeout, a minute by default. The server waits for
# the body, which the client has sent long since. In the end the client gets 503, and the target an empty body. A server
# of HTTP/1.1 that answers 100 is well. curl sends the expectation by itself with large bodies: what works without the
# proxy, or with small bodies, does not with both.
#
# Takes Debian's apache2, installed; 3 seconds stand for the minute.
set -euo pipefail

apache=$(dpkg-query --show --showformat='${Version}' apache2-bin)
[[ $apache == 2.4.71-1~deb12u1 ]] || echo "this was seen with 2.4.71-1~deb12u1, here is $apache" >&2

folder=$(mktemp -d)
trap 'kill ${proxy:-} ${upstream:-} 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
read -r front back < <(python3 -c 'import socket
ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in ports))')

cat >upstream.py <<'PYTHON'
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = sys.argv[2]

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        print(f"the target got {len(body)} bytes", file=sys.stderr, flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
PYTHON

cat >ask.py <<'PYTHON'
import select
import socket
import sys
import time

for name, head in {"plain": "", "with an expectation": "Expect: 100-continue\r\n"}.items():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as connection:
        began = time.monotonic()
        start = f"PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}Content-Length: 5\r\n\r\n"
        connection.sendall(start.encode())
        # As clients do: a second at the most.
        asked = head and select.select([connection], [], [], 1)[0]
        if asked:
            assert connection.recv(4096).startswith(b"HTTP/1.1 100")
        connection.sendall(b"hello")
        answer = connection.makefile("rb").readline().decode().split()[1]
        waited = "at once" if time.monotonic() - began < 2 else "after the time-out"
        print(f"{name}: {answer}, {waited}", flush=True)
PYTHON

cat >apache.conf <<CONF
ServerRoot /etc/apache2
ServerName localhost
DefaultRuntimeDir $folder
PidFile $folder/apache.pid
ErrorLog $folder/error.log
Listen 127.0.0.1:$front
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
ProxyTimeout 3
ProxyPass / http://127.0.0.1:$back/
CONF

await() {
  for _ in {1..100}; do
    if python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null; then return; fi
    sleep 0.1
  done
}

apache2 -DFOREGROUND -f "$folder/apache.conf" 2>>log &
proxy=$!
await "$front"
for version in 1.0 1.1; do
  python3 upstream.py "$back" "HTTP/$version" 2>got &
  upstream=$!
  await "$back"
  {
    python3 ask.py "$front"
    cat got
  } | sed "s/^/before HTTP\/$version, /" | tee -a seen
  kill "$upstream"
  wait "$upstream" || true
  upstream=
done

diff seen - <<'EXPECTED'
before HTTP/1.0, plain: 200, at once
before HTTP/1.0, with an expectation: 503, after the time-out
before HTTP/1.0, the target got 5 bytes
before HTTP/1.0, the target got 0 bytes
before HTTP/1.1, plain: 200, at once
before HTTP/1.1, with an expectation: 200, at once
before HTTP/1.1, the target got 5 bytes
before HTTP/1.1, the target got 5 bytes
EXPECTED
