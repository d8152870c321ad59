// What the stand-ins share: they refuse an input that the real action does not declare, and read the others.
import { readFileSync } from "node:fs";

const PREFIX = "INPUT_";

export function inputs(folder) {
  const text = readFileSync(`${folder}/action.yml`, "utf8");
  const block = text.split(/^inputs:\n/m)[1].split(/^\S/m)[0];
  const declared = [...block.matchAll(/^  ([a-z0-9-]+):/gm)].map((match) => match[1]);
  const given = Object.keys(process.env)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length).toLowerCase());
  for (const name of given) {
    if (!declared.includes(name)) refuse(`Unexpected input(s) '${name}', valid inputs are [${declared}]`);
  }
  return (name) => process.env[PREFIX + name.toUpperCase()] ?? "";
}

export function refuse(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}

// The client with which the real actions talk to the runner.
export async function client() {
  const folder = process.env.BENCH_ARTIFACT_CLIENT;
  const { main } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const { DefaultArtifactClient } = await import(`file://${folder}/${main}`);
  return new DefaultArtifactClient();
}
