// Signers: the first argument names one. The caller makes the body and reads the answer.

import http from "node:http";
import { AwsClient } from "aws4fetch";
import { createSignedFetcher } from "aws-sigv4-fetch";
import aws4 from "aws4";
import { aws4Interceptor } from "aws4-axios";
import axios from "axios";
import { call, credentials, endpoint, path, patience, region, sayAnswer, sayThrown } from "./said.mjs";

const url = endpoint + path;
const body = JSON.stringify(call);
const headers = { "Content-Type": "application/json" };
const service = "imagebuilder";

const answered = async (response) => [response.status, await response.text()];

const signers = {
  // fetch has no time-out but what the caller gives it.
  aws4fetch: async () =>
    answered(await new AwsClient({ ...credentials, region, service }).fetch(url, { method: "PUT", headers, body })),

  "aws-sigv4-fetch": async () =>
    answered(await createSignedFetcher({ service, region, credentials })(url, { method: "PUT", headers, body })),

  "aws4-axios": async () => {
    const client = axios.create({ timeout: patience, validateStatus: () => true, responseType: "text" });
    client.interceptors.request.use(aws4Interceptor({ options: { region, service }, credentials }));
    const response = await client.put(url, body, { headers });
    return [response.status, JSON.stringify(response.data)];
  },

  aws4: () =>
    new Promise((resolve, reject) => {
      const { hostname, port, host } = new URL(url);
      const signed = aws4.sign(
        { service, region, method: "PUT", path, hostname, port, headers: { ...headers, Host: host }, body },
        credentials,
      );
      const request = http.request({ ...signed, timeout: patience }, (response) => {
        let text = "";
        response.on("data", (part) => (text += part));
        response.on("end", () => resolve([response.statusCode, text]));
      });
      request.on("timeout", () => request.destroy(new Error("time-out")));
      request.on("error", reject);
      request.end(signed.body);
    }),
};

try {
  sayAnswer(...(await signers[process.argv[2]]()));
} catch (error) {
  sayThrown(error);
}
