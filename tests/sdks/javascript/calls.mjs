// Makes the calls that stdin lists, one after the other, and prints what the SDK's user gets of each.
// Usage: node calls.mjs ENDPOINT < calls.json

import { readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-imagebuilder";

const [endpoint] = process.argv.slice(2);
const client = new sdk.ImagebuilderClient({
  endpoint,
  region: "us-east-1",
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  },
});

// How many answers of the present call are still to be lost, and the tokens that it has sent.
let toLose = 0;
let tokens = [];
client.middlewareStack.add(
  (next) => async (args) => {
    tokens.push(JSON.parse(args.request.body).clientToken);
    const answered = await next(args);
    if (toLose > 0) {
      toLose -= 1;
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    }
    return answered;
  },
  { step: "finalizeRequest", priority: "low", name: "lose" },
);

const results = [];
for (const { lost = 0, ...input } of JSON.parse(readFileSync(0, "utf8"))) {
  toLose = lost;
  tokens = [];
  try {
    const { $metadata, ...output } = await client.send(new sdk.StartImagePipelineExecutionCommand(input));
    results.push({ output, tokens, status: $metadata.httpStatusCode, attempts: $metadata.attempts });
  } catch (error) {
    results.push({
      error: error.name,
      typed: sdk[error.name] !== undefined && error instanceof sdk[error.name],
      message: error.message,
      status: error.$metadata?.httpStatusCode,
      tokens,
    });
  }
}
console.log(JSON.stringify(results));
