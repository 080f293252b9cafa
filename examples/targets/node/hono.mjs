// On Hono, served by Node.js. Usage: node hono.mjs PORT

import { serve } from "@hono/node-server";
import { Hono } from "hono";

import { PATH, RefusedError, failure, parse, start, unknownOperation } from "./operation.mjs";

const app = new Hono();

app.put(PATH, async (context) => context.json(start(parse(await context.req.text()))));
app.all(PATH, () => {
  throw unknownOperation(405);
});
app.notFound((context) => context.json(unknownOperation().members, 404));
app.onError((error, context) => {
  const refusal = error instanceof RefusedError ? error : failure();
  return context.json(refusal.members, refusal.status);
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.argv[2]) });
