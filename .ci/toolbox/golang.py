"""Building Go tools, with caches that live only as long as the run."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolbox.catalogue import Tool
from toolbox.run import run

# No DWARF and no symbol table: quicker to compile and to link, and nobody debugs these.
FLAGS = ("-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", "-ldflags=-s -w")
# Nothing inlined: the heavy ones compile in a sixth less time, and a bench does not notice how fast they run.
HEAVY = ("-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false -l", "-ldflags=-s -w")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoBuilder:
    """A pinned Go toolchain, and a scratch folder for its caches which all builds of a run share."""

    go: Path
    workshop: Path

    def install(self, tool: Tool, staging: Path) -> None:
        """Build a module that can be installed by name and version."""
        package = [f"{tool.package}@v{tool.version}"]
        self._go(["install", *FLAGS, *package], tool=tool, cwd=self.workshop, env={"GOBIN": str(staging)})
        self.source(tool, staging)

    def source(self, tool: Tool, staging: Path) -> None:
        """Bring files of a module that is pinned by name and version."""
        if tool.keep:
            named = [f"{module}@v{tool.version}" for module in modules(tool)]
            listed = self._go(["mod", "download", "-json", *named], tool=tool, cwd=self.workshop)
            keep_files(tool, staging, listed=listed)

    def build(self, tool: Tool, staging: Path) -> None:
        """Build the packages of a module of our own, whose go.mod and go.sum are the pin."""
        source = self.workshop / f"{tool.name}.src"
        shutil.copytree(tool.source, source)
        self._go(["build", *HEAVY, "-o", f"{staging}{os.sep}", *tool.build], tool=tool, cwd=source)
        if tool.keep:
            listed = self._go(["list", "-m", "-json", *modules(tool)], tool=tool, cwd=source)
            keep_files(tool, staging, listed=listed)

    def _go(
        self, arguments: Sequence[str], *, tool: Tool, cwd: Path, env: Mapping[str, str] | None = None
    ) -> str:
        settings = {
            "GOCACHE": str(self.workshop / "go-build"),
            "GOPATH": str(self.workshop / "go"),
            "GOMODCACHE": str(self.workshop / "go-mod"),
            # Pinned means pinned: no other toolchain, no C compiler, no workspace of the caller.
            "GOTOOLCHAIN": "local",
            "GOROOT": "",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
            "GOFLAGS": "-modcacherw",  # else the cache could not be removed
            "GOGC": "400",  # the compiler's own: an eighth less time, for memory that is there
            **tool.env,
            **(env or {}),
        }
        return run([str(self.go), *arguments], tool=tool, cwd=cwd, env=settings)


def modules(tool: Tool) -> list[str]:
    """Return the modules whose files a tool keeps."""
    return sorted({kept.partition("//")[0] for kept in tool.keep})


def keep_files(tool: Tool, staging: Path, *, listed: str) -> None:
    """Copy what a bench needs of a module's files: the module cache itself is emptied."""
    folders = {entry["Path"]: Path(entry["Dir"]) for entry in json_stream(listed)}
    for kept, target in tool.keep.items():
        module, _, inside = kept.partition("//")
        origin, copy = folders[module] / inside, staging / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, copy)
        else:
            shutil.copy(origin, copy)


def json_stream(text: str) -> list[dict[str, str]]:
    """Parse objects that follow one another, as the go command prints them."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        entry, end = decoder.raw_decode(text)
        found.append(entry)
        text = text[end:]
    return found
