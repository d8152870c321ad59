"""What the gates' verbs read alike: the repository's folder, numbers, and progress on standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from gatepost import outputs
from gatepost.clients.process import find, run
from gatepost.errors import ConfigError, UpstreamError
from gatepost.safety import redact


def root_of(path: str, env: Mapping[str, str]) -> Path:
    """Return the repository a gate looks at: the argument, the action's input, or the current folder."""
    named = path or env.get("GATEPOST_PATH", "") or "."
    root = Path(named).resolve()
    if not root.is_dir():
        raise ConfigError(f"there is no folder {named!r}", fix="pass the repository's folder")
    return root


def prefix_of(root: Path) -> str | None:
    """
    Return where `root` lies in its git repository: empty at the top, else `folder/`; None outside of any.

    Raises `UpstreamError` for a repository that git does not open, such as one of another owner.
    """
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    git = find("git", fix="install git")
    done = run([git, "rev-parse", "--show-prefix"], cwd=root, timeout_s=30)
    if done.exit_code:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
        raise UpstreamError(
            f"git does not open the repository of {str(root)!r}: {''.join(said)}",
            fix="run `git status` there and do what it says",
        )
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


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
