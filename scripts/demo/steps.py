"""Run one verb of the command as a user would, show it, and keep what it printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / ".ci" / "tools.py"
GATEPOST = Path(sys.executable).with_name("gatepost")
_NOT_OURS = ("GITHUB_", "GATEPOST_", "GEMINI_", "GOOGLE_", "MLFLOW_", "ACTIONS_", "SLACK_")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One verb, run."""

    verb: str
    command: str
    exit_code: int
    log: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it let the push through."""
        return self.exit_code == 0


def run(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> Step:
    """Run `gatepost ARGUMENTS` in `cwd`, echoing its output indented."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(GATEPOST), *arguments],
        cwd=cwd,
        env=_environment() | dict(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    lines = []
    for line in process.stdout:
        lines.append(line)
        say(f"      {line.rstrip()}")
    code = process.wait()
    return Step(
        verb=arguments[0],
        command=f"gatepost {' '.join(arguments)}",
        exit_code=code,
        log=_ESCAPES.sub("", "".join(lines)),
        seconds=time.monotonic() - started,
    )


def use_cached_tools() -> None:
    """Put what `make tools` has brought on the path, if it was run here; fetch nothing."""
    for name in ("gitleaks", "trivy"):
        argv = [sys.executable, str(TOOLS), "--print-path", name]
        found = subprocess.run(argv, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            folder = str(Path(found.stdout.strip()).parent)
            os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", ""), folder))


def say(text: str) -> None:
    """Tell the person at the terminal how far the story is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    """Leave out what the caller's shell or workflow sets for gatepost: one story everywhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
    return kept | {"NO_COLOR": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
