// aws-sdk, the second version, as it is by default but for the time-out.

import AWS from "aws-sdk";
import { call, credentials, endpoint, patience, region, say } from "./said.mjs";

const client = new AWS.Imagebuilder({ endpoint, region, ...credentials, httpOptions: { timeout: patience } });
try {
  await client.startImagePipelineExecution(call).promise();
  say({ ok: true });
} catch (error) {
  say({ ok: false, error: error.code, by: error.statusCode >= 400 ? "code" : "" });
}
