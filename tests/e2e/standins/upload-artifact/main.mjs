import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { client, inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
const file = input("path");
if (!file || !existsSync(file)) {
  if (input("if-no-files-found") === "error") refuse(`No files were found with the provided path: ${file}`);
  console.log(`::warning::No files were found with the provided path: ${file}`);
} else {
  // One file: its folder is the root, as in the real action.
  const options = { retentionDays: Number(input("retention-days")) || undefined };
  const { id, size } = await (await client()).uploadArtifact(input("name"), [file], dirname(file), options);
  console.log(`Artifact ${input("name")} has been successfully uploaded: ${id}, ${size} bytes`);
}
