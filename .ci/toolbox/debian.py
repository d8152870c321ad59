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


def rootfs(tool: Tool, staging: Path, *, debootstrap: Path, workshop: Path) -> None:
    """Pack a small Debian with the named packages as rootfs.tar, from the mirror this machine uses."""
    root = workshop / "rootfs"
    mirrors = run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], tool=tool, cwd=workshop).split()
    include = f"--include={','.join(tool.package.split())}"
    mirror = mirrors[:1]  # without one, debootstrap's own
    run(
        [str(debootstrap), "--variant=minbase", include, tool.suite, str(root), *mirror],
        tool=tool,
        cwd=workshop,
    )
    # As in images for Python: pip may install for the whole system. And nothing a container does not read.
    unwanted = ["usr/lib/python3*/EXTERNALLY-MANAGED", "var/cache/apt/*", "var/lib/apt/lists/*"]
    unwanted += ["usr/share/doc/*", "usr/share/locale/*", "usr/share/man/*", "dev/*"]
    for path in [found for pattern in unwanted for found in root.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    archive = ["tar", "--create", "--numeric-owner", "--file", str(staging / "rootfs.tar")]
    run([*archive, "--directory", str(root), "."], tool=tool, cwd=workshop)
