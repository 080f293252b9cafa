#!/usr/bin/env bash
# datamodel-code-generator 0.89.0 (Pydantic 2.14.3): a look-ahead in the pattern of one member changes what another refuses.
#
# Guess: a member's pattern means the same whatever other members the schema has.
# Seen: Pydantic's engine has no look-ahead, so as soon as one pattern has one, the generator gives the whole model
# `regex_engine="python-re"`. In Python's `re`, `$` also matches before a final newline: a text with one, which the other
# member's pattern refused, is valid.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check \
  datamodel-code-generator==0.89.0 pydantic==2.14.3 >/dev/null

cat >"$folder/ask.py" <<'PYTHON'
import importlib
import json
import pathlib
import subprocess
import sys

folder = pathlib.Path(__file__).parent
sys.path.insert(0, str(folder))
for module, other in (("plain", "^[a-z]*$"), ("ahead", "^(?!aws:)[a-z]*$")):
    name = {"type": "string", "pattern": "^[a-z]+$"}
    schema = {"type": "object", "properties": {"name": name, "other": {"type": "string", "pattern": other}}}
    (folder / "schema.json").write_text(json.dumps(schema | {"required": ["name"]}))
    words = ["--input", folder / "schema.json", "--output", folder / f"{module}.py", "--class-name", "Model"]
    words += ["--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel"]
    subprocess.run([sys.executable, "-m", "datamodel_code_generator", *words], check=True, capture_output=True)
    model = importlib.import_module(module).Model
    for text in ("abc", "ABC", "abc\n"):
        try:
            model(name=text)
        except ValueError:
            print(module, repr(text), "refused")
        else:
            print(module, repr(text), "accepted")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"

diff "$folder/seen" - <<'SEEN' || { echo "datamodel-code-generator-look-ahead-moves-an-anchor: this has changed" >&2; exit 1; }
plain 'abc' accepted
plain 'ABC' refused
plain 'abc\n' refused
ahead 'abc' accepted
ahead 'ABC' refused
ahead 'abc\n' accepted
SEEN
