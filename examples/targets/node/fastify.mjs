// On Fastify, the request described by a JSON Schema. Usage: node fastify.mjs PORT

import Fastify from "fastify";

import { LONGEST_TOKEN, PATH, PIPELINE_ARN, RefusedError, failure, invalid, start, unknownOperation } from "./operation.mjs";

// Fastify's own setting makes a string of a number, and of null the empty one.
const app = Fastify({ ajv: { customOptions: { coerceTypes: false } } });

const body = {
  type: "object",
  required: ["clientToken", "imagePipelineArn"],
  properties: {
    clientToken: { type: "string", minLength: 1, maxLength: LONGEST_TOKEN },
    imagePipelineArn: { type: "string", pattern: PIPELINE_ARN.source },
  },
};

app.put(PATH, { schema: { body } }, async (request) => start(request.body));

app.setNotFoundHandler(() => {
  throw unknownOperation();
});
// What Fastify itself refuses has a status and another form.
app.setErrorHandler((error, _request, reply) => {
  const refusal =
    error instanceof RefusedError ? error : error.statusCode < 500 ? invalid(error.message) : failure();
  return reply.status(refusal.status).send(refusal.members);
});

await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
