"""Where a folder lies in the git repository that holds it."""

from __future__ import annotations

from pathlib import Path

from gatepost.clients.process import find, run
from gatepost.errors import UpstreamError


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
