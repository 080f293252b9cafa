// Asks for each answer with one of Node.js's clients; called as drivers/python/framing.py is.

import http from "node:http";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Agent, request as undici } from "undici";

const [which, url, text] = process.argv.slice(-3);
const patience = 1500;
const pause = 200;
const place = new URL(url);

const whole = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
};

// Each makes a client for one path: a function that asks, and one that lets go of it.
const clients = {
  node: () => {
    const agent = new http.Agent({ keepAlive: true });
    const ask = (path) =>
      new Promise((read, fail) => {
        const asking = http.get({ host: place.hostname, port: place.port, path, agent, timeout: patience }, (answer) => {
          whole(answer).then((body) => read([answer.statusCode, body]), fail);
        });
        asking.on("error", fail);
        asking.on("timeout", () => asking.destroy(Object.assign(new Error(), { code: "timeout" })));
      });
    return [ask, () => agent.destroy()];
  },
  smithy: () => {
    const handler = new NodeHttpHandler({ requestTimeout: patience, throwOnRequestTimeout: true, socketTimeout: patience });
    const ask = async (path) => {
      const asked = { protocol: "http:", hostname: place.hostname, port: Number(place.port), path, method: "GET", headers: {}, query: {} };
      const { response } = await handler.handle(asked);
      return [response.statusCode, await whole(response.body)];
    };
    return [ask, () => handler.destroy()];
  },
  undici: () => {
    const dispatcher = new Agent({ headersTimeout: patience, bodyTimeout: patience });
    const ask = async (path) => {
      const answer = await undici(url + path, { dispatcher });
      return [answer.statusCode, await whole(answer.body)];
    };
    return [ask, () => dispatcher.destroy()];
  },
};

const named = (error) => {
  const name = error.code ?? error.name;
  return /TIMEOUT|TimeoutError|timeout/.test(name) ? "timeout" : name;
};
const late = () => new Promise((_, fail) => setTimeout(() => fail({ code: "timeout" }), 2 * patience));
const said = {};
// What a client throws outside of a request reaches nobody else.
process.on("uncaughtException", () => {});
for (const [path, again] of JSON.parse(text)) {
  const [ask, close] = clients[which]();
  said[path] = [];
  for (const each of again ? [path, `${path}/again`] : [path]) {
    try {
      said[path].push(await Promise.race([ask(each), late()]));
    } catch (error) {
      said[path].push([named(error)]);
    }
    if (again) await new Promise((go) => setTimeout(go, pause));
  }
  close();
}
console.log(JSON.stringify(said));
process.exit(0);
