// StartImagePipelineExecution without a server: what a request must be, and what a token starts.
//
// The targets beside this file put it on a stack. Left out: signatures are not verified, nobody is denied or throttled,
// and the images last as long as the process.

import { randomUUID } from "node:crypto";

export const PATH = "/StartImagePipelineExecution";
export const LONGEST_TOKEN = 36;
export const PIPELINE_ARN = /^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline\/[a-z0-9-_]+$/;
const PIPELINES = ["a", "b"].map(
  (name) => `arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-${name}`,
);

export class RefusedError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.members = { __type: code, message };
  }
}

export const invalid = (message) => new RefusedError(400, "InvalidRequestException", message);
export const unknownOperation = (status = 404) =>
  new RefusedError(status, "UnknownOperationException", "There is no such operation.");
export const failure = () => new RefusedError(500, "ServiceException", "Something went wrong.");

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The body is not JSON.");
  }
}

// The answer to a request: the image of its token, started if it is new.
export function start(members) {
  if (members === null || typeof members !== "object" || Array.isArray(members))
    throw invalid("The body is not a JSON object.");
  const { clientToken, imagePipelineArn } = members;
  // A string's own length counts UTF-16 units. Half of a surrogate pair is no text: UTF-8 can't repeat it.
  if (typeof clientToken !== "string" || !clientToken.isWellFormed() || !isToken([...clientToken].length))
    throw invalid(`clientToken must be a string of 1 to ${LONGEST_TOKEN} characters.`);
  if (typeof imagePipelineArn !== "string" || !PIPELINE_ARN.test(imagePipelineArn))
    throw invalid("imagePipelineArn must be the ARN of an image pipeline.");
  return { requestId: randomUUID(), clientToken, imageBuildVersionArn: imageOf(clientToken, imagePipelineArn) };
}

const isToken = (length) => length >= 1 && length <= LONGEST_TOKEN;

// A Map, as an object has tokens of its own, such as "constructor". Node.js lets nothing come between get and set.
const started = new Map();

function imageOf(token, pipeline) {
  if (!started.has(token)) {
    if (!PIPELINES.includes(pipeline))
      throw new RefusedError(404, "ResourceNotFoundException", `There is no ${pipeline}.`);
    const scope = pipeline.slice(0, pipeline.lastIndexOf(":"));
    started.set(token, { pipeline, image: `${scope}:image/recipe/1.0.0/${started.size + 1}` });
  }
  const first = started.get(token);
  if (first.pipeline !== pipeline)
    throw new RefusedError(400, "IdempotentParameterMismatchException", "The token was used for another pipeline.");
  return first.image;
}
