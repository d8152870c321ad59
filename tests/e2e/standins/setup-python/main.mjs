import { appendFileSync } from "node:fs";
import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
if (!input("python-version")) refuse("without a version the runner's image decides");
if (input("cache")) refuse("a cache that a pull request could fill is a way into the next job");
appendFileSync(process.env.GITHUB_PATH, `${process.env.BENCH_PYTHON}\n`);
