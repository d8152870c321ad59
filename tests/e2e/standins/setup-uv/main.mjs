import { appendFileSync } from "node:fs";
import { dirname } from "node:path";
import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
const uv = process.env.BENCH_UV;
if (!/^\d+\.\d+\.\d+$/.test(input("version"))) refuse("without an exact version the caller's project decides");
if (input("enable-cache") !== "false") refuse("a cache in workflow_run can be poisoned");
appendFileSync(process.env.GITHUB_PATH, `${dirname(uv)}\n`);
