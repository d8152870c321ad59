"""
Thin filters over `gatepost.safety` for evaluators: `python -m benchmarks.adapter log|files|fence`.

log    stdin: untrusted text                      stdout: what a step of ours prints
files  stdin: {"name": …, "value": …}             stdout: bytes to append to $GITHUB_OUTPUT
fence  stdin: {"untrusted": …}                    stdout: {"prompt": …, "delimiter": …}
"""

from __future__ import annotations

import json
import sys

from gatepost.errors import GatepostError
from gatepost.safety.fence import fence
from gatepost.safety.runner import file_command, log_text


def main(mode: str) -> int:
    """Answer one request."""
    stdin = sys.stdin.buffer.read().decode("utf-8", "replace")
    if mode == "log":
        answer = log_text(stdin)
    elif mode == "files":
        entry = json.loads(stdin)
        try:
            answer = file_command(entry["name"], entry["value"])
        except GatepostError as error:
            print(error, file=sys.stderr)
            return error.exit_code
    else:
        fenced = fence(json.loads(stdin)["untrusted"])
        answer = json.dumps({"prompt": fenced.prompt, "delimiter": fenced.delimiter})
    sys.stdout.buffer.write(answer.encode())
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"log", "files", "fence"}:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
