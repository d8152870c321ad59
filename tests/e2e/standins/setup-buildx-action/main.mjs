import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
if (input("cache-binary") !== "false") refuse("a cache that a pull request could fill is a way into the next job");
