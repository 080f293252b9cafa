// How a driver is called and what it prints: see said.py.

export const region = "us-east-1";
export const path = "/StartImagePipelineExecution";
export const patience = 1000;
export const [endpoint, text] = process.argv.slice(-2);
export const call = JSON.parse(text);
export const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};

export const say = (members) => console.log(JSON.stringify(members));

// What a client hands over that knows nothing of the operation.
export const sayAnswer = (status, body) =>
  say(status === 200 ? { ok: true } : { ok: false, error: String(status), by: body.includes("essage") ? "answer" : "" });

export const sayThrown = (error) => say({ ok: false, error: error.code ?? error.name, by: "" });
