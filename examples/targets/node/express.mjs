// On Express. Usage: node express.mjs PORT

import express from "express";

import { PATH, RefusedError, failure, invalid, start, unknownOperation } from "./operation.mjs";

const app = express();

app.put(PATH, express.json(), (request, response) => {
  response.json(start(request.body));
});
app.all(PATH, () => {
  throw unknownOperation(405);
});
app.use(() => {
  throw unknownOperation();
});
// What is refused by Express itself has a status, and would be a page of HTML. Express knows this by its four parameters.
app.use((error, _request, response, _next) => {
  const refusal =
    error instanceof RefusedError ? error : error.status < 500 ? invalid(error.message) : failure();
  response.status(refusal.status).json(refusal.members);
});

app.listen(Number(process.argv[2]), "127.0.0.1");
