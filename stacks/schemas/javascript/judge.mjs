// What a validator of npm says of bodies; its package.json has the versions.
//
//     node judge.mjs VALIDATOR < asked.json > said.json
//
// `asked.json` is a list of {schema, bodies}; of each there comes a list with one verdict a body, `accepts`, `refuses` or
// `coerces`, or the sentence with which the validator did not take the schema, on one line.
import { readFileSync } from "node:fs";

const load = async (name) => {
  const module = await import(name);
  return module.default ?? module;
};
const DIALECT = "https://json-schema.org/draft/2020-12/schema";
// Validators that keep schemas by their identifiers want another for each.
let count = 0;
// A schema without the keyword that names its dialect.
const bare = ({ $schema, ...rest }) => rest;
const ajv = (name, options) => async (schema) => {
  const module = await load(name);
  return new (module.default ?? module)(options).compile(schema);
};
const expression = (flags) => async (schema) => {
  const pattern = new RegExp(schema.properties.imagePipelineArn.pattern, flags);
  return (body) => pattern.test(body.imagePipelineArn);
};

async function fastify(schema) {
  const app = (await load("fastify"))();
  app.put("/", { schema: { body: schema } }, async (request) => request.body);
  await app.ready();
  return async (body) => {
    const answer = await app.inject({ method: "PUT", url: "/", payload: body });
    if (answer.statusCode !== 200) return false;
    return answer.payload === JSON.stringify(body) ? true : "coerces";
  };
}

async function hyperjump(schema) {
  const { registerSchema, validate } = await import("@hyperjump/json-schema/draft-2020-12");
  const id = `https://example.com/${(count += 1)}`;
  registerSchema({ ...schema, $schema: DIALECT }, id);
  const compiled = await validate(id);
  return (body) => compiled(body).valid;
}

async function zodByHand(schema) {
  const { z } = await import("zod");
  const made = (rules) => {
    if (rules.properties) {
      const members = Object.entries(rules.properties).map(([name, member]) => [
        name,
        rules.required.includes(name) ? made(member) : made(member).optional(),
      ]);
      return z.looseObject(Object.fromEntries(members));
    }
    if (rules.type === "object") {
      const size = (map) => Object.keys(map).length;
      return z
        .record(made(rules.propertyNames), made(rules.additionalProperties))
        .refine((map) => size(map) >= rules.minProperties && size(map) <= rules.maxProperties);
    }
    let text = z.string();
    if (rules.minLength !== undefined) text = text.min(rules.minLength);
    if (rules.maxLength !== undefined) text = text.max(rules.maxLength);
    return rules.pattern ? text.regex(new RegExp(rules.pattern, "u")) : text;
  };
  const check = made(schema);
  return (body) => check.safeParse(body).success;
}

async function zodFromJson(schema) {
  const { z } = await import("zod");
  const check = z.fromJSONSchema(schema);
  return (body) => check.safeParse(body).success;
}

async function jsonSchemaToZod(schema) {
  const { jsonSchemaToZod: generate } = await import("json-schema-to-zod");
  const { z } = await import("zod");
  const check = new Function("z", `return ${generate(schema, { module: "none" })}`)(z);
  return (body) => check.safeParse(body).success;
}

const VALIDATORS = {
  "ajv-2020": ajv("ajv/dist/2020.js", {}),
  "ajv-2020-no-unicode": ajv("ajv/dist/2020.js", { unicode: false }),
  "ajv-default": ajv("ajv", {}),
  "ajv-default-bare": (schema) => ajv("ajv", {})(bare(schema)),
  fastify,
  "fastify-bare": (schema) => fastify(bare(schema)),
  "is-my-json-valid": async (schema) => (await load("is-my-json-valid"))(schema),
  tv4: async (schema) => {
    const { validate } = await load("tv4");
    return (body) => validate(body, schema);
  },
  "z-schema-6": async (schema) => {
    const validator = new (await load("z-schema-6"))();
    if (!validator.validateSchema(schema)) throw new Error(validator.getLastErrors().map((each) => each.message).join("; "));
    return (body) => validator.validate(body, schema);
  },
  "z-schema": async (schema) => {
    const { default: ZSchema } = await import("z-schema");
    const validator = ZSchema.create({});
    try {
      validator.validateSchema(schema);
    } catch (error) {
      throw new Error(JSON.stringify(error.details));
    }
    return (body) => validator.validate(body, schema);
  },
  "cfworker": async (schema) => {
    const { Validator } = await import("@cfworker/json-schema");
    const validator = new Validator(schema, "2020-12");
    return (body) => validator.validate(body).valid;
  },
  hyperjump,
  schemasafe: async (schema) => (await load("@exodus/schemasafe")).validator(schema, {}),
  "npm-jsonschema": async (schema) => {
    const { Validator } = await load("jsonschema");
    return (body) => new Validator().validate(body, schema).valid;
  },
  typebox: async (schema) => {
    const { Compile } = await import("typebox/compile");
    const compiled = Compile(schema);
    return (body) => compiled.Check(body);
  },
  "zod-by-hand": zodByHand,
  "zod-from-json-schema": zodFromJson,
  "json-schema-to-zod": jsonSchemaToZod,
  "regexp": expression(""),
  "regexp-u": expression("u"),
  "regexp-v": expression("v"),
};
// Generators of types: what the compiler says of an object with each body's members, one a line.
const GENERATORS = {
  "json-schema-to-typescript": async (schema) => {
    const { compile } = await import("json-schema-to-typescript");
    return compile({ ...schema, title: "Body" }, "Body");
  },
  "openapi-typescript": async (schema) => {
    const { default: generate, astToString } = await import("openapi-typescript");
    const components = { schemas: { Generated: bare(schema) } };
    const info = { title: "StartImagePipelineExecution", version: "1" };
    const code = astToString(await generate({ openapi: "3.1.0", info, paths: {}, components }));
    return `${code}\ntype Body = components["schemas"]["Generated"];\n`;
  },
};

async function compiled(code, bodies) {
  const ts = await load("typescript");
  // Two characters end a line in TypeScript that JSON leaves as they are.
  const literal = (body) => JSON.stringify(body).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);
  const line = (body, number) => `const given${number} = ${literal(body)}; const body${number}: Body = given${number};`;
  const lines = bodies.map(line);
  const text = `${code}\n${lines.join("\n")}\n`;
  const options = { strict: true, noEmit: true, lib: ["lib.es2022.d.ts"], types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => (name === "bodies.ts" ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : read(name, ...rest));
  const program = ts.createProgram(["bodies.ts"], options, host);
  const file = program.getSourceFile("bodies.ts");
  const first = code.split("\n").length;
  const refused = new Set();
  for (const { start } of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
    const { line } = file.getLineAndCharacterOfPosition(start);
    if (line < first) throw new Error("the generated types do not compile");
    refused.add(line - first);
  }
  return bodies.map((_, number) => (refused.has(number) ? "refuses" : "accepts"));
}

const oneLine = (error) => `${error.name}: ${error.message}`.replace(/\s+/g, " ");

async function judged(judge, body) {
  try {
    const said = await judge(body);
    return said === "coerces" ? said : said ? "accepts" : "refuses";
  } catch {
    return "refuses";
  }
}

const said = [];
for (const { schema, bodies } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const generate = GENERATORS[process.argv[2]];
    if (generate) {
      said.push(await compiled(await generate(schema), bodies));
      continue;
    }
    const judge = await VALIDATORS[process.argv[2]](schema);
    const verdicts = [];
    for (const body of bodies) verdicts.push(await judged(judge, body));
    said.push(verdicts);
  } catch (error) {
    said.push(oneLine(error));
  }
}
process.stdout.write(JSON.stringify(said));
