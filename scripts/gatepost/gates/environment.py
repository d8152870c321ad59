"""The environment a repository's own commands run in: theirs, not the one gatepost was installed into."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from gatepost.errors import ConfigError

# What our launcher or an active environment of ours sets, and a child would take for its own.
OURS = frozenset(
    {"PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "UV", "UV_RUN_RECURSION_DEPTH", "VIRTUAL_ENV"}
)

# A gate runs code of the repository; it needs none of what the job holds for us.
SECRETS = (
    "GATEPOST_",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "ACTIONS_ID_TOKEN_",
    "ACTIONS_RUNTIME_TOKEN",
    "SNYK_TOKEN",
)

# Files through which code could speak to the runner in our name.
RUNNER_FILES = frozenset(
    {"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"}
)


def foreign(env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` without our interpreter, our secrets and the runner's command files."""
    kept = {
        name: value
        for name, value in env.items()
        if name not in OURS and name not in RUNNER_FILES and not name.startswith(SECRETS)
    }
    own = {Path(sys.prefix) / "bin", Path(sys.prefix) / "Scripts"}
    parts = [part for part in env.get("PATH", "").split(os.pathsep) if part and Path(part) not in own]
    return kept | {"PATH": os.pathsep.join(parts)}


def python_of(root: Path, env: Mapping[str, str]) -> str:
    """
    Return the Python of the repository at `root`.

    That is `.venv` in it when there is one, else the first on the PATH of `env`, which is expected
    to be `foreign`. Raises `ConfigError` when there is none.
    """
    for folder in (".venv/bin/python", ".venv/Scripts/python.exe"):
        if (candidate := root / folder).is_file():
            return str(candidate)
    for name in ("python", "python3"):
        if found := shutil.which(name, path=env.get("PATH", "")):
            return found
    raise ConfigError(
        f"there is no Python for {str(root)!r}",
        fix="make a .venv in the repository, or set up Python before this step",
    )
