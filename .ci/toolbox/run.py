"""Running a registry's client, and saying what went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolbox.catalogue import Tool, ToolError

STEP_TIMEOUT_S = 45 * 60
"""The longest single step, a Go build on two busy cores, takes a third of this."""


def say(line: str) -> None:
    """Tell a person; stdout is data."""
    print(f"tools: {line}", file=sys.stderr, flush=True)


def run(command: Sequence[str], *, tool: Tool, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return a command's stdout; raise with the end of its output when it fails."""
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=STEP_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as late:
        raise ToolError(
            f"{tool.name} {tool.version} was not ready after {STEP_TIMEOUT_S // 60} minutes",
            fix="run it again on a machine that is less busy, or check that the registries answer",
        ) from late
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        tail = "\n    ".join([line for line in lines if not line.startswith("go: downloading")][-8:])
        raise ToolError(
            f"{tool.name} {tool.version} could not be installed: `{Path(command[0]).name} {command[1]}` "
            f"ended with {done.returncode}\n    {tail}",
            fix="check that the package registry answers and that the disk is not full, then run it again",
        )
    return done.stdout
