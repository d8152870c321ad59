import { appendFileSync } from "node:fs";
import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
for (const name of ["client-id", "private-key", "owner", "repositories"]) if (!input(name)) refuse(`${name} is empty`);
if (input("private-key") !== process.env.BENCH_APP_KEY) refuse("the key is not the App's");
if (input("repositories").includes("/")) refuse("repositories are names without an owner");
console.log(`::add-mask::${process.env.BENCH_APP_TOKEN}`);
appendFileSync(process.env.GITHUB_OUTPUT, `token=${process.env.BENCH_APP_TOKEN}\n`);
