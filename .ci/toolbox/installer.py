"""Bringing tools into one folder that all checkouts share, and finding them there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toolbox import debian
from toolbox.catalogue import CI, Tool, ToolError
from toolbox.golang import GoBuilder
from toolbox.run import run, say


def default_folder() -> Path:
    """Return the folder under the user's cache directory."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "gatepost" / "tools"


class Installer:
    """The pinned tools, and the folder they are in or come to."""

    def __init__(self, tools: Mapping[str, Tool], *, folder: Path) -> None:
        self.tools = tools
        self.folder = folder

    def path(self, command: str) -> Path:
        """Return where a command lies; raise when it is unknown or not installed."""
        for tool in self.tools.values():
            if command in tool.provides:
                if (found := self._find(tool, command)) is not None:
                    return found
                raise ToolError(
                    f"{command} is not installed ({tool.name} {tool.version or 'from Debian'})",
                    fix=f"run `python3 .ci/tools.py {tool.name}`",
                )
        known = ", ".join(sorted(name for tool in self.tools.values() for name in tool.provides))
        raise ToolError(f"no tool called {command!r} in .ci/tools.toml", fix=f"ask for one of: {known}")

    def installed(self, tool: Tool) -> bool:
        """Say whether exactly this recipe is there, complete."""
        if tool.kind == "debian":
            return all(self._find(tool, command) is not None for command in tool.provides)
        mark = self._home(tool) / ".recipe"
        return mark.is_file() and mark.read_text() == tool.recipe()

    def select(self, names: Sequence[str]) -> list[Tool]:
        """Return the tools of the named groups and those named themselves, in the order of tools.toml."""
        known = {*self.tools, *(group for tool in self.tools.values() for group in tool.groups)}
        if unknown := sorted(set(names) - known):
            raise ToolError(
                f"no tool or group called {unknown[0]!r}", fix=f"name one of: {', '.join(sorted(known))}"
            )
        return [tool for tool in self.tools.values() if {tool.name, *tool.groups} & set(names)]

    def install(self, names: Sequence[str]) -> None:
        """Bring what is missing of the named tools and groups; do nothing when all is there."""
        missing = [tool for tool in self.select(names) if not self.installed(tool)]
        if not missing:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        if packages := [tool for tool in missing if tool.kind == "debian"]:
            with self._alone("debian"):
                debian.install(packages, cwd=self.folder)
            for tool in packages:
                self._check(tool, staging=None)
        with self._workshop() as workshop:
            for tool in missing:
                if tool.kind != "debian":
                    self._bring(tool, workshop=workshop)
        say(f"{len(missing)} tools ready in {time.monotonic() - started:.1f} s under {self.folder}")

    def _home(self, tool: Tool) -> Path:
        return self.folder / f"{tool.name}-{tool.version}"

    def _find(self, tool: Tool, command: str) -> Path | None:
        inside = tool.provides[command]
        if tool.kind == "debian":
            return debian.find(inside)
        found = self._home(tool) / inside
        return found if self.installed(tool) and found.exists() else None

    def _bring(self, tool: Tool, *, workshop: Path) -> None:
        """Install one tool beside the others and move it into place whole."""
        with self._alone(tool.name):
            if self.installed(tool):  # by the run we waited for
                return
            started = time.monotonic()
            say(f"{tool.name} {tool.version} …")
            staging = workshop / tool.name
            staging.mkdir()
            self._make(tool, staging, workshop=workshop)
            self._check(tool, staging=staging)
            self._drop(tool, staging)
            (staging / ".recipe").write_text(tool.recipe())
            home = self._home(tool)
            if home.exists():  # an older recipe of the same version
                home.rename(workshop / f"{tool.name}.old")
            staging.rename(home)
            say(f"{tool.name} {tool.version} {time.monotonic() - started:.1f} s")

    def _make(self, tool: Tool, staging: Path, *, workshop: Path) -> None:
        match tool.kind:
            case "wheel":
                self._wheel(tool, staging)
            case "npm":
                self._npm(tool, staging, workshop=workshop)
            case "rootfs":
                self.install(["image-builder"])
                bootstrap = self.path("debootstrap")
                debian.rootfs(tool, staging, debootstrap=bootstrap, workshop=workshop)
            case "go" | "module" | "source":
                self.install(["go"])
                builder = GoBuilder(go=self.path("go"), workshop=workshop)
                steps = {"go": builder.install, "module": builder.build, "source": builder.source}
                steps[tool.kind](tool, staging)
            case unknown:
                raise ToolError(f"{tool.name} is of kind {unknown!r}", fix="correct .ci/tools.toml")

    def _wheel(self, tool: Tool, staging: Path) -> None:
        uv = Path(shutil.which("uv") or CI.parent / ".uv" / "bin" / "uv")
        if not uv.exists():
            raise ToolError("there is no uv to install wheels with", fix="run `make sync` first")
        where = ["--python", sys.executable, "--target", str(staging)]
        wanted = ["--quiet", "--no-deps", "--only-binary", ":all:", f"{tool.package}=={tool.version}"]
        run([str(uv), "pip", "install", *where, *wanted], tool=tool, cwd=staging)

    def _npm(self, tool: Tool, staging: Path, *, workshop: Path) -> None:
        for lock in ("package.json", "package-lock.json"):
            shutil.copy(tool.source / lock, staging / lock)
        self.install(["node"])
        node = self.path("node")
        env = {
            "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "npm_config_cache": str(workshop / "npm"),
        }
        npm = [str(node), str(self.path("npm-cli")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(npm, tool=tool, cwd=staging, env=env)

    def _check(self, tool: Tool, *, staging: Path | None) -> None:
        for command, inside in tool.provides.items():
            found = debian.find(inside) if staging is None else staging / inside
            if found is None or not found.exists():
                raise ToolError(
                    f"{tool.name} {tool.version} was installed but brought no {inside} for {command}",
                    fix="correct `provides` in .ci/tools.toml",
                )

    def _drop(self, tool: Tool, staging: Path) -> None:
        kept = {staging / inside for inside in tool.provides.values()}
        for unused in [path for pattern in tool.drop for path in staging.glob(pattern) if path not in kept]:
            unused.unlink()

    @contextlib.contextmanager
    def _workshop(self) -> Iterator[Path]:
        """Yield a scratch folder on the same disk, removed at the end; sweep those of killed runs."""
        with contextlib.ExitStack() as until_done:
            with self._alone("work"):  # nobody sweeps a folder before its owner holds it
                for stale in self.folder.glob(".work-*"):
                    with contextlib.suppress(BlockingIOError), held(stale):
                        shutil.rmtree(stale, ignore_errors=True)
                workshop = Path(tempfile.mkdtemp(prefix=".work-", dir=self.folder))
                until_done.callback(shutil.rmtree, workshop, ignore_errors=True)
                until_done.enter_context(held(workshop))
            yield workshop

    @contextlib.contextmanager
    def _alone(self, subject: str) -> Iterator[None]:
        """Wait until no other run is at the same subject."""
        with (self.folder / f".lock-{subject}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder's own lock; raise BlockingIOError when a living run holds it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
