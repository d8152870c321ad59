import { inputs, refuse } from "./declared.mjs";

const input = inputs(import.meta.dirname);
if (!/^sha256:[0-9a-f]{64}$/.test(input("subject-digest"))) refuse(`${input("subject-digest")} is no digest`);
if (/[@:]/.test(input("subject-name").split("/").at(-1))) refuse("the subject's name has a tag or a digest");
