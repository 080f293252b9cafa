// On node:http, without a dependency. Usage: node http.mjs PORT

import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { PATH, RefusedError, failure, parse, start, unknownOperation } from "./operation.mjs";

async function answerTo(request) {
  const body = await text(request);
  if (request.url.split("?", 1)[0] !== PATH) throw unknownOperation();
  if (request.method !== "PUT") throw unknownOperation(405);
  return start(parse(body));
}

function send(response, status, members) {
  const body = JSON.stringify(members);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

createServer(async (request, response) => {
  try {
    send(response, 200, await answerTo(request));
  } catch (error) {
    const refusal = error instanceof RefusedError ? error : failure();
    send(response, refusal.status, refusal.members);
  }
}).listen(Number(process.argv[2]), "127.0.0.1");
