import { join } from "node:path";
import { client, inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
const name = input("name");
const pattern = input("pattern");
if (!name && !/^[\w-]+\*?$/.test(pattern)) refuse(`the bench knows no pattern such as ${pattern}`);
const fits = (one) => (pattern.endsWith("*") ? one.startsWith(pattern.slice(0, -1)) : one === pattern);
const artifacts = name
  ? [(await (await client()).getArtifact(name)).artifact]
  : (await (await client()).listArtifacts({ latest: true })).artifacts.filter((artifact) => fits(artifact.name));
const flat = name || input("merge-multiple") === "true" || artifacts.length === 1;
for (const artifact of artifacts) {
  const path = flat ? input("path") : join(input("path"), artifact.name);
  const { downloadPath } = await (await client()).downloadArtifact(artifact.id, { path });
  console.log(`Artifact ${artifact.name} was downloaded to ${downloadPath}`);
}
