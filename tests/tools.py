"""Where the pinned binaries lie: a test that needs one which is missing fails and says what to run."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

CI = Path(__file__).resolve().parent.parent / ".ci"
sys.path.append(str(CI))  # no package: it runs before anything is installed

from toolbox.catalogue import load  # noqa: E402 - found on the path of the line above
from toolbox.installer import Installer, default_folder  # noqa: E402 - as above


@cache
def tool(command: str) -> Path:
    """Return where a command of .ci/tools.toml lies; raise with the fix when it is not installed."""
    return Installer(load(), folder=default_folder()).path(command)


def path_with(*commands: str) -> str:
    """Return a PATH on which these commands come first, for a process that calls them by name."""
    folders = dict.fromkeys(str(tool(command).parent) for command in commands)
    return os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
