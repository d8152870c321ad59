"""
Who may do what: tokens, their permissions, and what each endpoint needs.

The needs are those of "Permissions required for GitHub Apps" (docs.github.com/en/rest/
authentication/permissions-required-for-github-apps; its data is in github/docs under
src/github-apps/data/fpt-2022-11-28/server-to-server-permissions.json), which also holds for the
token of a job. Two rules are ours, and stricter than the table:

- Where it says "issues or pull requests", a pull request needs `pull-requests` and an issue needs
  `issues`: what is said of GitHub's own behaviour differs, and a workflow that declares the one
  that fits the number is right either way.
- A commit comment is *created* with `contents: read` and edited with `contents: write`, as listed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tests.servers.github.state import User

LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True)
class Need:
    """One permission at one level, spelled as in a workflow: `pull-requests`, `write`."""

    permission: str
    level: str

    def __str__(self) -> str:
        return f"{self.permission}: {self.level}"


def need(text: str) -> Need:
    permission, _, level = text.partition(": ")
    assert level in LEVELS, text
    return Need(permission, level)


@dataclass(slots=True, kw_only=True, eq=False)
class Token:
    """A token and what it was used for."""

    permissions: dict[str, str]
    user: User
    repos: frozenset[str]
    """Full names it was made for; it sees no other private repository."""

    name: str = ""
    """For messages of the bench; a job's name, say."""

    limit: int = 1000
    used: int = 0
    needed: set[tuple[Need, ...]] = field(default_factory=set)
    """For each request granted, the permissions any one of which it took."""

    refused: list[str] = field(default_factory=list)
    value: str = field(default_factory=lambda: f"ghs_{secrets.token_urlsafe(30).replace('-', 'x')}")

    def covers(self, wanted: Need) -> bool:
        if wanted.permission == "metadata":
            return True
        held = self.permissions.get(wanted.permission, "none")
        return LEVELS.index(held) >= LEVELS.index(wanted.level)

    def without(self, permission: str, level: str = "none") -> bool:
        """Say whether everything it was granted would still be granted with `permission` at `level`."""
        less = Token(
            permissions={**self.permissions, permission: level}, user=self.user, repos=self.repos, value="-"
        )
        return all(any(less.covers(one) for one in needs) for needs in self.needed)
