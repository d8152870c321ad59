import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { client, inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
const path = input("path");
const found = path && existsSync(path) ? files(path) : [];
if (!found.length) {
  const message = `No files were found with the provided path: ${path}`;
  if (input("if-no-files-found") === "error") refuse(message);
  console.log(input("if-no-files-found") === "ignore" ? message : `::warning::${message}`);
} else {
  // A folder is the root of what is in it; of one file its folder is the root, as in the real action.
  const root = statSync(path).isDirectory() ? path : dirname(path);
  const options = { retentionDays: Number(input("retention-days")) || undefined };
  const { id, size } = await (await client()).uploadArtifact(input("name"), found, root, options);
  console.log(`Artifact ${input("name")} has been successfully uploaded: ${id}, ${size} bytes`);
}

// Hidden files stay behind unless asked for.
function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => input("include-hidden-files") === "true" || !name.startsWith("."));
  return names.flatMap((name) => files(join(path, name)));
}
