import { inputs, refuse } from "../declared.mjs";

const input = inputs(import.meta.dirname);
if (!/^v\d+\.\d+\.\d+$/.test(input("snyk-version"))) refuse("without an exact version the newest is downloaded");
refuse("the bench has no Snyk: leave the token out");
