#!/usr/bin/env bash
# tomlkit: a document that is parsed and put out again, with nothing changed, has its tables in another order.
#
# Guess: a library that preserves style gives back every valid document byte for byte, as its README promises.
#
# Seen with tomlkit 0.15.2: where the entries of two arrays of tables stand in turns, those of each are gathered. A
# comment goes with the table before it, so that one that stood above its entry ends up somewhere else, and does not
# belong to anything that is near. The data are the same.
#
# Who feels it: files with entries of several kinds that people keep sorted by hand, each with a comment above it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check tomlkit==0.15.2

cat >"$folder/in.toml" <<'TOML'
# of the first dog
[[dog]]
name = "Ada"

# of the cat
[[cat]]
name = "Bob"

# of the second dog
[[dog]]
name = "Cem"
TOML

"$folder/venv/bin/python" - "$folder" <<'PYTHON' >"$folder/seen"
import pathlib
import sys
import tomllib

import tomlkit

text = (pathlib.Path(sys.argv[1]) / "in.toml").read_text()
again = tomlkit.dumps(tomlkit.parse(text))
print("the same text:", again == text)
print("the same data:", tomllib.loads(again) == tomllib.loads(text))
print(*filter(None, again.splitlines()), sep="\n")
PYTHON

diff "$folder/seen" - <<'EXPECTED'
the same text: False
the same data: True
# of the first dog
[[dog]]
name = "Ada"
# of the cat
[[dog]]
name = "Cem"
[[cat]]
name = "Bob"
# of the second dog
EXPECTED
