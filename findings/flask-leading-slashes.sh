#!/usr/bin/env bash
# Flask 3.1.3, Werkzeug 3.1.9: slashes in front of a path, with `merge_slashes` on and off, behind gunicorn 27.0.1.
#
# Guess: Werkzeug's documentation says of `merge_slashes` that paths with consecutive slashes are redirected to the
# normalised one. So `//Start` gets 308 while it is on, and 404 once it is off.
# Seen: `//Start` and `///Start` are served with 200, either way. Only slashes further inside follow the setting: 308 on,
# 404 off. The router takes all slashes off the front before it looks at anything. An application can't refuse such a
# path by its routes; whoever signs or caches by path sees two resources where there is one.
set -euo pipefail

folder=$(mktemp -d)
trap '[[ -z ${server:-} ]] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check flask==3.1.3 werkzeug==3.1.9 gunicorn==27.0.1 >/dev/null

cat >"$folder/app.py" <<'PYTHON'
import os

from flask import Flask

app = Flask(__name__)
app.url_map.merge_slashes = os.environ["MERGE"] == "on"


@app.put("/api/Start")
def start():
    return "started"
PYTHON

cat >"$folder/ask.py" <<'PYTHON'
import http.client
import sys

for path in ("/api/Start", "//api/Start", "///api/Start", "/api//Start"):
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
    connection.request("PUT", path, body=b"{}")
    print(path, connection.getresponse().status)
PYTHON

cd "$folder"
for merge in on off; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  MERGE=$merge "$folder/venv/bin/gunicorn" --bind "127.0.0.1:$port" app:app 2>"$folder/log" &
  server=$!
  for _ in {1..100}; do
    if python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; then break; fi
    sleep 0.1
  done
  python3 ask.py "$port" >"$folder/$merge"
  kill "$server"
  wait "$server" || true
  server=
  printf 'merge_slashes %s:\n' "$merge"
  sed 's/^/  /' "$folder/$merge"
done

expect() {
  diff "$folder/$1" <(printf '%s\n' "${@:2}") || { echo "flask-leading-slashes: this has changed" >&2; exit 1; }
}
expect on '/api/Start 200' '//api/Start 200' '///api/Start 200' '/api//Start 308'
expect off '/api/Start 200' '//api/Start 200' '///api/Start 200' '/api//Start 404'
