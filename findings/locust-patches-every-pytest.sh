#!/usr/bin/env bash
# Locust: while it is installed, `pytest -n 2` of any other project runs no test.
#
# Guess: a load tester touches a pytest that does not use it no more than by its options and fixtures.
#
# Seen with Locust 2.40.0, pytest 8.4.2 and pytest-xdist 3.6.1: its plugin, which every pytest loads, imports Locust, and
# importing Locust has gevent replace sockets, threads and locks. xdist's own threads then wait for a loop that has
# nothing to do: "This operation would block forever", no test is run. With `-p no:locust` all is well, and so it is with
# Locust 2.42.0, whose plugin imports nothing before its fixture is used.
#
# Who feels it: whoever has a load test and parallel tests in one environment.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check locust==2.40.0 pytest==8.4.2 pytest-xdist==3.6.1
mkdir "$folder/project"
printf 'def test_it():\n    pass\n' >"$folder/project/test_it.py"
cd "$folder/project"

told() { # the name of what is tried, then options of pytest
  local name=$1
  shift
  timeout 120 "$folder/venv/bin/python" -m pytest -q -n 2 "$@" >said 2>&1 || true
  printf '%s: %s passed, %s\n' "$name" "$(grep -c '^1 passed' said || true)" \
    "$(if grep -q 'This operation would block forever' said; then echo 'blocked for ever'; else echo 'nothing blocked'; fi)"
}

{
  told "2.40.0"
  told "2.40.0 without its plugin" -p no:locust
  "$folder/venv/bin/pip" install -q --disable-pip-version-check locust==2.42.0
  told "2.42.0"
} | tee "$folder/seen"

diff "$folder/seen" - <<'EXPECTED'
2.40.0: 0 passed, blocked for ever
2.40.0 without its plugin: 1 passed, nothing blocked
2.42.0: 1 passed, nothing blocked
EXPECTED
