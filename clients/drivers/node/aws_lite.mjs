// @aws-lite/client without a plug-in: it has none for this service.

import awsLite from "@aws-lite/client";
import { call, credentials, endpoint, path, region, say } from "./said.mjs";

try {
  const client = await awsLite({ endpoint, region, ...credentials, verifyService: false });
  await client({ service: "imagebuilder", path, method: "PUT", payload: call });
  say({ ok: true });
} catch (error) {
  const code = error.code ?? error.__type ?? error.name;
  say({ ok: false, error: String(code), by: /Exception$/.test(code) ? "code" : error.statusCode ? "text" : "" });
}
