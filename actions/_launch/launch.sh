#!/usr/bin/env bash
# launch.sh EXTRA VERB [ARG...] -- run one gatepost verb for a composite action.
#
# EXTRA is "" for light verbs, or the name of an optional dependency set. The
# caller's own Python is not ours to use or to disturb, so its settings are
# dropped; PYTHONSAFEPATH keeps files in the checked-out (possibly hostile)
# workspace off sys.path.
set -euo pipefail
unset UV_PYTHON UV_SYSTEM_PYTHON UV_EXCLUDE_NEWER UV_PROJECT_ENVIRONMENT
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONSAFEPATH=1

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"
extra="$1"
shift

flags=(--project "${root}" --frozen --no-dev --quiet --no-env-file)
[[ -z "${extra}" ]] || flags+=(--extra "${extra}")
exec uv run "${flags[@]}" gatepost "$@"
