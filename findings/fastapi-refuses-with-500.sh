#!/usr/bin/env bash
# FastAPI 0.165.0 (Pydantic 2.14.4, Starlette 1.10.0, uvicorn 0.54.0): a model refuses a string, and the client gets 500.
#
# Guess: what a model refuses is answered 422, with the reasons, whatever the string is.
# Seen: half of a surrogate pair, which JSON.stringify and json.dumps write as an escape, is refused by Pydantic, as it is
# no Unicode text. FastAPI's own handler then repeats the refused value as `input`, Starlette can't encode it in UTF-8,
# and the answer is 500 "Internal Server Error", in plain text: clients send the call again, in vain. A string that is
# too long gets its 422. `jsonable_encoder(error.errors())`, the documented way to write one's own handler, does the same.
set -euo pipefail

folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check \
  fastapi==0.165.0 pydantic==2.14.4 starlette==1.10.0 uvicorn==0.54.0 >/dev/null

cat >"$folder/app.py" <<'PYTHON'
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Named(BaseModel):
    name: str = Field(max_length=5)


app, own = FastAPI(), FastAPI()


@app.put("/")
@own.put("/")
def put(named: Named) -> str:
    return named.name


@own.exception_handler(RequestValidationError)
def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse(jsonable_encoder({"detail": error.errors()}), 422)


app.mount("/own", own)
PYTHON

cat >"$folder/ask.py" <<'PYTHON'
import http.client
import json
import sys

for path in ("/", "/own/"):
    for name in ("short", "longer", "\ud83d"):
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
        connection.request("PUT", path, json.dumps({"name": name}), {"Content-Type": "application/json"})
        print(path, ascii(name), connection.getresponse().status)
PYTHON

cd "$folder"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/uvicorn" app:app --port "$port" >"$folder/log" 2>&1 &
server=$!
for _ in {1..200}; do
  if python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; then break; fi
  sleep 0.1
done
python3 ask.py "$port" | tee "$folder/seen"

diff "$folder/seen" - <<'SEEN' || { echo "fastapi-refuses-with-500: this has changed" >&2; exit 1; }
/ 'short' 200
/ 'longer' 422
/ '\ud83d' 500
/own/ 'short' 200
/own/ 'longer' 422
/own/ '\ud83d' 500
SEEN
