"""Paths as logs print them, made into paths below the repository's root."""

from __future__ import annotations

import re

# Where runners check a repository out, and how common tools write "here".
_WORKSPACES = re.compile(
    r"""(?x)
    ^(?:file://)?(?:
        /(?:home/runner|Users/runner|opt/actions-runner|runner|actions-runner|home/[^/]+/actions-runner)
            /(?:_?work)/[^/]+/[^/]+/
      | [A-Za-z]:/a/[^/]+/[^/]+/
      | /__w/[^/]+/[^/]+/
      | /github/workspace/
      | /home/travis/build/[^/]+/[^/]+/
      | /builds/[^/]+/[^/]+/
      | /home/circleci/(?:project|repo)/
      | /(?:workspace|workdir|usr/src/app|src|app)/
    )"""
)
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")
_MAX = 400

# What a package manager or a runner put there: also below the root it is nobody's to correct.
_INSTALLED = frozenset(
    {
        "site-packages",
        "dist-packages",
        "node_modules",
        ".venv",
        "hostedtoolcache",
        "toolcache",
        ".tox",
        ".nox",
    }
)


def in_repository(path: str, *, repository: str = "") -> str:
    """
    Return `path` relative to the repository's root, or nothing when it points elsewhere.

    Runner workspaces are stripped. Absolute paths outside them, `..`, control characters, links
    and installed packages yield the empty string: what remains is safe to look for in a tree, and no more.
    """
    path = path.strip().replace("\\", "/")
    path = _WORKSPACES.sub("", path, count=1)
    name = repository.rpartition("/")[2]
    if name and (found := re.search(rf"^/.*/{re.escape(name)}/{re.escape(name)}/(.+)$", path)):
        path = found[1]
    while path.startswith("./"):
        path = path[2:]
    parts = path.split("/")
    if (
        not path
        or len(path) > _MAX
        or _SCHEME.match(path)
        or path.startswith(("/", "~"))
        or re.match(r"[A-Za-z]:", path)
        or any(part in ("", ".", "..", ".git") for part in parts)
        or not _INSTALLED.isdisjoint(parts)
        or not path.isprintable()
    ):
        return ""
    return path
