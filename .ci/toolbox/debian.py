"""Packages of the system: found on any machine, installed where there is root and apt."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from toolbox.catalogue import Tool, ToolError
from toolbox.run import run, say

# Where Debian puts servers; often not on a user's PATH.
SERVER_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")


def find(binary: str) -> Path | None:
    """Return where the system has a binary."""
    versioned = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *SERVER_FOLDERS, *versioned])
    return Path(where) if (where := shutil.which(binary, path=search)) else None


def install(tools: Sequence[Tool], *, cwd: Path) -> None:
    """Install the packages of some tools in one go; without root or apt, say what to install."""
    names = sorted({package for tool in tools for package in tool.package.split()})
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise ToolError(
            f"{tools[0].name} comes from the system's packages, which takes root and apt-get",
            fix=f"install them yourself: sudo apt-get install --no-install-recommends {' '.join(names)}",
        )
    started = time.monotonic()
    say(f"Debian packages {' '.join(names)} …")
    # RUNLEVEL=1 keeps the packages' scripts from starting servers: the benches start their own.
    env = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    install_them = [apt, "install", "--yes", "--quiet", "--no-install-recommends", *wait, *names]
    run([apt, "update", "--quiet", *wait], tool=tools[0], cwd=cwd, env=env)
    run(install_them, tool=tools[0], cwd=cwd, env=env)
    say(f"Debian packages {time.monotonic() - started:.1f} s")
