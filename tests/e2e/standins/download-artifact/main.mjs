import { client, inputs } from "./declared.mjs";

const input = inputs(import.meta.dirname);
const { artifact } = await (await client()).getArtifact(input("name"));
const { downloadPath } = await (await client()).downloadArtifact(artifact.id, { path: input("path") });
console.log(`Artifact ${input("name")} was downloaded to ${downloadPath}`);
