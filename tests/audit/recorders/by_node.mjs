// Speaks to a target while a recorder of the npm registry listens: `node by_node.mjs RECORDER`.
// TARGET is the target's URL, OUT the file to write, CALLS a JSON list of [clientToken, imagePipelineArn].
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { TARGET, OUT, CHROMIUM, PACKAGES } = process.env;
const calls = JSON.parse(process.env.CALLS);
const require = createRequire(join(PACKAGES, "node_modules", "any.js"));
const url = `${TARGET}/StartImagePipelineExecution`;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const body = ([clientToken, imagePipelineArn]) => JSON.stringify({ clientToken, imagePipelineArn });
const options = (call) => ({ method: "PUT", headers: { "content-type": "application/json" }, body: body(call) });
const save = (har) => writeFileSync(OUT, `${JSON.stringify(har, null, 1)}\n`);
const harOf = (entries) => ({ log: { version: "1.2", creator: { name: "by_node.mjs", version: "1" }, entries } });

// In a page: each call by fetch, its body a text or a Blob.
const speakInPage = async (bodies, asBlob) => {
  for (const text of bodies) {
    const answer = await fetch("/StartImagePipelineExecution", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: asBlob ? new Blob([text]) : text,
    });
    await answer.text();
  }
};

async function inChromium(speak) {
  const browser = await require("puppeteer-core").launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
  try {
    const page = await browser.newPage();
    await speak(page, browser);
  } finally {
    await browser.close();
  }
}

const puppeteerHar = (saveResponse, asBlob) => () =>
  inChromium(async (page) => {
    const Recorder = require("puppeteer-har");
    await page.goto(TARGET);
    const har = new Recorder(page);
    await har.start({ path: OUT, saveResponse });
    await page.goto(TARGET);
    await page.evaluate(speakInPage, calls.map(body), asBlob);
    await har.stop();
  });

const chromeHar = (asBlob) => () =>
  inChromium(async (page) => {
    const { harFromMessages } = await import(join(PACKAGES, "node_modules/chrome-har/index.js"));
    const session = await page.createCDPSession();
    const messages = [];
    const bodies = [];
    session.on("*", (method, params) => {
      messages.push({ method, params });
      if (method === "Network.responseReceived") {
        bodies.push(
          pause(100)
            .then(() => session.send("Network.getResponseBody", { requestId: params.requestId }))
            .then((got) => (params.response.body = got.body), () => null),
        );
      }
    });
    await session.send("Page.enable");
    await session.send("Network.enable");
    await page.goto(TARGET);
    await page.evaluate(speakInPage, calls.map(body), asBlob);
    await Promise.all(bodies);
    save(harFromMessages(messages, { includeTextFromResponseBody: true }));
  });

const chromeHarCapturer = (content, asBlob) => () =>
  inChromium(async (page, browser) => {
    const CHC = require("chrome-har-capturer");
    const port = Number(new URL(browser.wsEndpoint()).port);
    const expression = `(${speakInPage})(${JSON.stringify(calls.map(body))}, ${asBlob})`;
    await new Promise((done, failed) => {
      CHC.run([TARGET], {
        host: "127.0.0.1",
        port,
        content,
        postHook: async (_, client) => {
          await client.Runtime.evaluate({ expression, awaitPromise: true });
          await pause(200);
        },
      })
        .on("fail", (_, error) => failed(error))
        .on("har", (har) => done(save(har)));
    });
  });

const harRecorder = () =>
  inChromium(async (page, browser) => {
    await page.goto(TARGET);
    const { startRecording, endRecording } = require("har-recorder")();
    const port = Number(new URL(browser.wsEndpoint()).port);
    await startRecording({ host: "127.0.0.1", port });
    await page.evaluate(speakInPage, calls.map(body), false);
    await pause(200);
    endRecording(OUT);
  });

async function polly() {
  const { Polly } = require("@pollyjs/core");
  Polly.register(require("@pollyjs/adapter-node-http"));
  Polly.register(require("@pollyjs/persister-fs"));
  const folder = `${OUT}.polly`;
  const recorder = new Polly("calls", {
    adapters: ["node-http"],
    persister: "fs",
    persisterOptions: { fs: { recordingsDir: folder } },
    recordIfMissing: true,
    recordFailedRequests: true,
    logLevel: "silent",
  });
  await speakBy(require("node-fetch"));
  await recorder.stop();
  save(JSON.parse(readFileSync(join(folder, readdirSync(folder)[0], "recording.har"))));
}

async function speakBy(fetching) {
  for (const call of calls) {
    await (await fetching(url, options(call))).text();
  }
}

async function nodeFetchHar() {
  const { withHar, createHarLog } = require("node-fetch-har");
  const entries = [];
  await speakBy(withHar(require("node-fetch"), { onHarEntry: (entry) => entries.push(entry) }));
  save(createHarLog(entries));
}

async function axiosHarTracker() {
  const axios = require("axios");
  const { AxiosHarTracker } = require("axios-har-tracker");
  const tracker = new AxiosHarTracker(axios);
  for (const [clientToken, imagePipelineArn] of calls) {
    await axios.put(url, { clientToken, imagePipelineArn }).catch(() => null);
  }
  save(tracker.getGeneratedHar());
}

async function nockRecorder() {
  const nock = require("nock");
  nock.recorder.rec({ output_objects: true, dont_print: true, enable_reqheaders_recording: true });
  await speakBy(require("node-fetch"));
  nock.restore();
  save(nock.recorder.play());
}

const RECORDERS = {
  "puppeteer-har": puppeteerHar(false, false),
  "puppeteer-har saveResponse": puppeteerHar(true, false),
  "puppeteer-har Blob": puppeteerHar(true, true),
  "chrome-har": chromeHar(false),
  "chrome-har Blob": chromeHar(true),
  "chrome-har-capturer": chromeHarCapturer(false, false),
  "chrome-har-capturer content": chromeHarCapturer(true, false),
  "chrome-har-capturer Blob": chromeHarCapturer(true, true),
  "har-recorder": harRecorder,
  polly,
  "node-fetch-har": nodeFetchHar,
  "axios-har-tracker": axiosHarTracker,
  "nock recorder": nockRecorder,
};

await RECORDERS[process.argv[2]]();
if (!existsSync(OUT)) throw new Error("nothing was recorded");
process.exit(0);
