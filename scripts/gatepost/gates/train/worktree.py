"""What a command changed in a repository beyond the folder it was given."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gatepost.clients.git_folder import prefix_of
from gatepost.clients.process import find, run
from gatepost.errors import UpstreamError


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """The state of a checkout: its commit, and every path that differs from it."""

    commit: str
    """Full hash; empty before the first commit."""

    changed: Mapping[str, str]
    """
    Path to a hash of its content, for files that git does not ignore and the commit does not hold so.

    Relative to the folder that was looked at, which may lie inside a larger repository.
    """

    @classmethod
    def look(cls, root: Path) -> Self:
        """Ask git. Raises `UpstreamError` when `root` is no checkout."""
        commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD", fail=False).strip()
        listed = _git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        prefix = prefix_of(root)
        paths = [posixpath.relpath(entry[3:], prefix or ".") for entry in listed.split("\0") if entry]
        return cls(commit=commit, changed={path: _digest(root / path) for path in paths})

    def strayed(self, later: Worktree, *, allowed: Sequence[str]) -> tuple[str, ...]:
        """Return the paths that differ between the two looks, but for the `allowed` files and folders."""
        moved = {
            p
            for p in self.changed.keys() | later.changed.keys()
            if self.changed.get(p) != later.changed.get(p)
        }
        places = tuple(f"{place.strip('/')}/" for place in allowed)
        return tuple(sorted(p for p in moved if not f"{p}/".startswith(places)))


def _git(root: Path, *args: str, fail: bool = True) -> str:
    done = run([find("git", fix="install git"), *args], cwd=root, timeout_s=120)
    if done.exit_code and fail:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise UpstreamError(
            f"git {args[0]} failed in {str(root)!r}: {said}", fix="run the gate in a git checkout"
        )
    return done.stdout.decode("utf-8", "surrogateescape")


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return "not a file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
