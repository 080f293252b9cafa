#!/usr/bin/env bash
# python-rapidjson 1.25: a pattern that its validator can't parse holds for every text, and nothing says so.
#
# Guess: a JSON Schema with a `pattern` that an engine can't compile is refused when the validator is made, as by ajv,
# jsonschema and fastjsonschema.
# Seen: RapidJSON's own engine knows neither look-ahead nor `\Z`. `Validator` takes the schema without a word, and then
# every text is valid. A pattern that it can parse is kept.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-rapidjson==1.25 >/dev/null

cat >"$folder/ask.py" <<'PYTHON'
import json

import rapidjson

for pattern in ("^[a-z]+$", r"^[a-z]+\Z", r"^[a-z]+(?![\s\S])"):
    validate = rapidjson.Validator(json.dumps({"type": "string", "pattern": pattern}))
    for text in ("abc", "ABC", ""):
        try:
            validate(json.dumps(text))
        except rapidjson.ValidationError:
            print(pattern, repr(text), "refused")
        else:
            print(pattern, repr(text), "accepted")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"

diff "$folder/seen" - <<'SEEN' || { echo "rapidjson-ignores-a-pattern: this has changed" >&2; exit 1; }
^[a-z]+$ 'abc' accepted
^[a-z]+$ 'ABC' refused
^[a-z]+$ '' refused
^[a-z]+\Z 'abc' accepted
^[a-z]+\Z 'ABC' accepted
^[a-z]+\Z '' accepted
^[a-z]+(?![\s\S]) 'abc' accepted
^[a-z]+(?![\s\S]) 'ABC' accepted
^[a-z]+(?![\s\S]) '' accepted
SEEN
