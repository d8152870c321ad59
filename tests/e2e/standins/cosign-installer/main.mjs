import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { inputs } from "./declared.mjs";

inputs(import.meta.dirname);
const folder = `${process.env.RUNNER_TEMP}/cosign`;
mkdirSync(folder, { recursive: true });
const script = '#!/bin/sh\n[ "$1 $2" = "sign --yes" ] && case $3 in *@sha256:*) exit 0;; esac\necho "not a digest: $*"; exit 1\n';
writeFileSync(`${folder}/cosign`, script, { mode: 0o755 });
appendFileSync(process.env.GITHUB_PATH, `${folder}\n`);
