#!/usr/bin/env bash
# launch.sh EXTRA VERB [ARG...] -- run one gatepost verb for a composite action.
#
# EXTRA is "" for light verbs, or the name of an optional dependency set. The
# caller's own Python is not ours to use or to disturb, so its settings are
# dropped; PYTHONSAFEPATH keeps files in the checked-out (possibly hostile)
# workspace off sys.path.
set -euo pipefail
unset UV_PYTHON UV_SYSTEM_PYTHON UV_EXCLUDE_NEWER UV_PROJECT_ENVIRONMENT
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONDONTWRITEBYTECODE
export PYTHONSAFEPATH=1

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"
extra="$1"
shift

# Dependencies stay beside the runner's other tools, made once per lock file for every job that it still runs.
kept="${root}"
if [[ -n "${RUNNER_TOOL_CACHE:-}" ]] && mkdir -p "${RUNNER_TOOL_CACHE}/gatepost" 2> /dev/null; then
  kept="${RUNNER_TOOL_CACHE}/gatepost"
fi
environment="${kept}/.venv-$(git hash-object --no-filters "${root}/uv.lock")-${extra:-light}"

flags=(--project "${root}" --frozen --no-dev --quiet --no-install-project)
[[ -z "${extra}" ]] || flags+=(--extra "${extra}")
UV_PROJECT_ENVIRONMENT="${environment}" uv sync "${flags[@]}"

# Our own code is never a kept one: it is what lies beside this file.
exec "${environment}/bin/python" -c '
import sys
sys.path.insert(0, sys.argv.pop(1))
from gatepost.cli import main
sys.exit(main())' "${root}/scripts" "$@"
