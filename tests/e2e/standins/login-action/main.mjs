import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
for (const name of ["registry", "username", "password"]) if (!input(name)) refuse(`${name} is empty`);
