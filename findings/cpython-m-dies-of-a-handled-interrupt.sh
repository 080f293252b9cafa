#!/usr/bin/env bash
# CPython: `python -m` ends itself by SIGINT after an interrupt that was handled long ago.
#
# Guess: a program that catches KeyboardInterrupt and leaves by sys.exit(3) ends with 3, however it was started.
#
# Seen with CPython 3.11.7, 3.12.1 and 3.13.0: where the interrupt came while the *text* given to exec() or eval() ran,
# `python -m program` is ended by SIGINT (status 130) in place of 3, with all its output written; `python program.py`
# and installed scripts end with 3. Libraries that make functions execute texts: `dataclasses` does for every class. The
# next text that is executed clears it, an empty one too. Code objects, compiled before, don't set it.
#
# Who feels it: whoever reads the exit code of a tool started by `python -m`, and sees it change once in a hundred runs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/program.py" <<'PYTHON'
import sys

kind, *then = sys.argv[1:]
try:
    if kind == "text":
        exec("raise KeyboardInterrupt")
    else:
        exec(compile("raise KeyboardInterrupt", "code", "exec"))
except KeyboardInterrupt:
    pass
if then:
    exec("")
sys.exit(3)
PYTHON

cd "$folder"
status() {
  local seen=0
  "$@" || seen=$?
  echo "${*:2}: $seen"
}
python3 --version
{
  status python3 -m program text
  status python3 program.py text
  status python3 -m program code
  status python3 -m program text cleared
} | tee seen

diff seen - <<'EXPECTED'
-m program text: 130
program.py text: 3
-m program code: 3
-m program text cleared: 3
EXPECTED
