import { appendFileSync } from "node:fs";
import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
if (!/^v\d+\.\d+\.\d+$/.test(input("version"))) refuse("without an exact version the newest is downloaded");
if (process.env.BENCH_TRIVY) appendFileSync(process.env.GITHUB_PATH, `${process.env.BENCH_TRIVY}\n`);
else console.log("::warning::There is no Trivy on this bench.");
