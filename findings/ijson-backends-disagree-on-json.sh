#!/usr/bin/env bash
# ijson: the same JSON is read, or ends in an error that is not one of ijson's, depending on the backend.
#
# Guess: the backends of one library read one document alike, and what they can't read is an ijson.JSONError.
#
# Seen with ijson 3.6.0: a string with an unpaired surrogate as an escape, which RFC 8259 allows, is a string to the
# backend in Python (and to Python's json), and a UnicodeDecodeError to the one in C, which is the default where it is
# installed. With use_float=True the number 1E400 is inf to json, an "unexpected symbol" to the backend in Python, and an
# "incomplete" document to the one in C.
#
# Who feels it: recorders of traffic keep bytes that are not UTF-8 as such escapes, and write times as any number.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ijson==3.6.0

"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import io
import json

import ijson

for name, document in (("surrogate", rb'["\udcff"]'), ("large number", b"[1E400]")):
    print(name, "json:", ascii(json.loads(document)))
    for backend in ("python", "yajl2_c"):
        try:
            read = ascii(list(ijson.get_backend(backend).items(io.BytesIO(document), "item", use_float=True)))
        except Exception as error:
            read = f"{type(error).__name__}, of ijson: {isinstance(error, ijson.JSONError)}"
        print(name, f"{backend}:", read)
PYTHON

diff "$folder/seen" - <<'EXPECTED'
surrogate json: ['\udcff']
surrogate python: ['\udcff']
surrogate yajl2_c: UnicodeDecodeError, of ijson: False
large number json: [inf]
large number python: UnexpectedSymbol, of ijson: True
large number yajl2_c: IncompleteJSONError, of ijson: True
EXPECTED
