// The package of the first argument, a version of @aws-sdk/client-imagebuilder, as it is by default but for the time-out.

import { call, credentials, endpoint, patience, region, say } from "./said.mjs";

const sdk = await import(process.argv[2]);
// Old releases take no options here, but a handler of a package of their own; they wait for ever.
const old = process.argv[2].endsWith("-old");
const handler = old ? {} : { requestHandler: { requestTimeout: patience, throwOnRequestTimeout: true } };
const client = new sdk.ImagebuilderClient({ endpoint, region, credentials, ...handler });
try {
  await client.send(new sdk.StartImagePipelineExecutionCommand(call));
  say({ ok: true });
} catch (error) {
  const own = sdk[error.name] !== undefined && error instanceof sdk[error.name];
  say({ ok: false, error: error.name, by: own ? "class" : "" });
}
