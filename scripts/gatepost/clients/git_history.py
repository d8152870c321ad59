"""Two questions to a local clone: which commit came first, and when was one made."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TIMEOUT_S = 60


def is_ancestor(folder: Path, first: str, second: str, *, env: Mapping[str, str]) -> bool | None:
    """Tell whether `first` is an ancestor of `second` in the clone at `folder`; None when it lacks one."""
    if not (OID.fullmatch(first) and OID.fullmatch(second)):
        return None
    command = ["git", "-C", str(folder), "merge-base", "--is-ancestor", first, second]
    done = subprocess.run(command, env=dict(env), capture_output=True, check=False, timeout=_TIMEOUT_S)
    return {0: True, 1: False}.get(done.returncode)


def committed_at(folder: Path, commit: str, *, env: Mapping[str, str]) -> int:
    """Return the committer's time of `commit` in the repository at `folder`; 0 when it lacks it."""
    if not OID.fullmatch(commit):
        return 0
    command = ["git", "-C", str(folder), "show", "-s", "--format=%ct", commit]
    done = subprocess.run(command, env=dict(env), capture_output=True, check=False, timeout=_TIMEOUT_S)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip().isdigit() else 0
