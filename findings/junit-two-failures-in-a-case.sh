#!/usr/bin/env bash
# JUnit XML: a test case with two <failure> is passed, or failed by the last alone, depending on the reader.
#
# Guess: a case that failed twice is failed, and a reader shows either both reasons or the first.
#
# Seen: Allure 3.18.0 counts the case as passed; with one <failure> in it, it is failed. Its quality gate, which takes
# Node.js 22, lets the former through with `--max-failures 0` and stops the latter. junit2html 31.1.4 shows the last
# reason only. Schemas of the format that are in use allow several.
#
# Who feels it: whoever writes one <failure> for each broken assertion, as soft assertions do, and gates on a reader.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check junit2html==31.1.4
npm install --silent --no-audit --no-fund allure@3.18.0 >/dev/null

case_of() {
  mkdir "$1"
  printf '<testsuites><testsuite name="s" tests="2" failures="1"><testcase classname="c" name="t">%s</testcase>%s\n' \
    "$2" '<testcase classname="c" name="u"/></testsuite></testsuites>' >"$1/junit.xml"
}
first='<failure message="the first reason">text</failure>'
case_of one "$first"
case_of two "$first<failure message=\"the last reason\">text</failure>"

for results in one two; do
  node_modules/.bin/allure generate "$results" -o "$results.allure" >/dev/null
  venv/bin/junit2html "$results/junit.xml" "$results.html"
  shown=$(grep -oE 'the (first|last) reason' "$results.html" | sort -u | paste -sd ,)
  failed=$(python3 -c 'import json, sys; print(json.load(sys.stdin).get("failed", 0))' \
    <"$results.allure/widgets/statistic.json")
  printf '%s: failed to Allure %s, shown by junit2html %s\n' "$results" "$failed" "$shown"
done | tee seen

diff seen - <<'EXPECTED'
one: failed to Allure 1, shown by junit2html the first reason
two: failed to Allure 0, shown by junit2html the last reason
EXPECTED
