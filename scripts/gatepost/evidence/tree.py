"""The file tree of one commit, so that only what exists is ever asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import TreeEntry, TreePayload


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Every entry of a commit by its path."""

    entries: dict[str, TreeEntry]

    partial: bool = False
    """Whether GitHub left entries out, as it does above 100,000."""

    def exact(self, path: str) -> TreeEntry | None:
        """Return the entry at `path`."""
        return self.entries.get(path)

    def find(self, path: str) -> TreeEntry | None:
        """
        Return the entry that a log means by `path`.

        A tool run in a subfolder prints paths below it, and one run above it prints too much:
        then the only entry that ends in `path`, or that `path` ends in, is meant. Two such are none.
        """
        if entry := self.entries.get(path):
            return entry
        return self._only(p for p in self.entries if p.endswith(f"/{path}")) or self._shortened(path)

    def _shortened(self, path: str) -> TreeEntry | None:
        parts = path.split("/")
        # At least a folder and a file: a bare file name from elsewhere is no proof.
        for start in range(1, len(parts) - 1):
            if entry := self.entries.get("/".join(parts[start:])):
                return entry
        return None

    def _only(self, paths: Iterable[str]) -> TreeEntry | None:
        first, second, *_ = (*paths, "", "")
        return self.entries[first] if first and not second else None


def read_tree(hub: GitHub, sha: str) -> Tree:
    """Read the whole tree of a commit in one request."""
    payload = hub.one(TreePayload, f"/git/trees/{sha}", params={"recursive": "1"})
    return Tree(entries={entry.path: entry for entry in payload.tree}, partial=payload.truncated)
