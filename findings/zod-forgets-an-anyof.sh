#!/usr/bin/env bash
# Zod 4.6.7: `z.fromJSONSchema` drops an `anyOf` of `required` that stands beside `properties`, and nothing says so.
#
# Guess: what it can't represent throws, as `not` does.
# Seen: "one of two members is required" is written `anyOf` with `required` alone in each branch. A branch without `type`
# becomes a type that holds for everything, so that an object with neither member is valid. With `type` and `properties`
# written in each branch it is refused.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7 >/dev/null

cat >ask.mjs <<'JAVASCRIPT'
import { z } from "zod";

const properties = { message: { type: "string" }, Message: { type: "string" } };
const branch = (name) => ({ required: [name] });
const whole = (name) => ({ type: "object", properties, required: [name] });
for (const [kind, made] of [["short", branch], ["whole", whole]]) {
  const schema = z.fromJSONSchema({ type: "object", properties, anyOf: [made("message"), made("Message")] });
  for (const value of [{ message: "x" }, { Message: "x" }, {}, { message: 1 }]) {
    console.log(kind, JSON.stringify(value), schema.safeParse(value).success);
  }
}
try {
  z.fromJSONSchema({ type: "string", not: { pattern: "x" } });
  console.log("not: taken");
} catch (error) {
  console.log("not: refused");
}
JAVASCRIPT
node ask.mjs | tee seen

diff seen - <<'SEEN' || { echo "zod-forgets-an-anyof: this has changed" >&2; exit 1; }
short {"message":"x"} true
short {"Message":"x"} true
short {} true
short {"message":1} false
whole {"message":"x"} true
whole {"Message":"x"} true
whole {} false
whole {"message":1} false
not: refused
SEEN
