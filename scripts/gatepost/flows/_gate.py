"""What the gates' verbs read alike: the repository's folder, numbers, and progress on standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from gatepost import outputs
from gatepost.errors import ConfigError
from gatepost.safety import redact


def root_of(path: str, env: Mapping[str, str]) -> Path:
    """Return the repository a gate looks at: the argument, the action's input, or the current folder."""
    named = path or env.get("GATEPOST_PATH", "") or "."
    root = Path(named).resolve()
    if not root.is_dir():
        raise ConfigError(f"there is no folder {named!r}", fix="pass the repository's folder")
    return root


def number(text: str, *, name: str, default: float, least: float = 0, most: float = math.inf) -> float:
    """Read a number between `least` and `most`; empty is `default`."""
    if not text.strip():
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ConfigError(
            f"{name} is {text!r}",
            fix=f"write a number from {least:g}" + (f" to {most:g}" if most < math.inf else ""),
        )
    return value


def progress_line(line: bytes) -> None:
    """Show one line of a child process, which is untrusted, as it comes."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    outputs.log_line(str(redact(text)))
