"""What tools.toml pins, and the one error all of this ends in."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CI = Path(__file__).resolve().parent.parent


class ToolError(Exception):
    """A tool that is missing or could not be brought; `fix` is the next step."""

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One entry of tools.toml."""

    name: str
    version: str
    """Empty for kind `debian`: the release is the pin."""
    kind: str
    provides: Mapping[str, str]
    """Command name to path inside the installed folder; for `debian` to the name of the binary."""
    groups: Sequence[str]
    package: str = ""
    """What the registry calls it; for `debian` and `rootfs` the packages, separated by blanks."""
    suite: str = ""
    """For `rootfs`: the release of Debian."""
    build: Sequence[str] = ()
    """For `module`: the Go packages to build, each optionally `package=binary`."""
    keep: Mapping[str, str] = field(default_factory=dict)
    """For Go kinds: module files a bench needs, `module//folder` to where it lies beside the binary."""
    env: Mapping[str, str] = field(default_factory=dict)
    """For Go kinds: further variables of the build."""
    drop: Sequence[str] = ()
    """Files that are large and used by nobody, as glob patterns; what is provided stays."""

    @property
    def source(self) -> Path:
        """The folder with the tool's locks, if it has one."""
        return CI / "tools" / self.name

    def recipe(self) -> str:
        """Return a digest of everything that decides what is installed."""
        digest = hashlib.sha256()
        facts = {key: value for key, value in asdict(self).items() if value and key != "groups"}
        digest.update(json.dumps(facts, sort_keys=True).encode())
        for path in sorted(self.source.rglob("*")) if self.source.is_dir() else []:
            if path.is_file():
                digest.update(path.relative_to(self.source).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def load(path: Path = CI / "tools.toml") -> dict[str, Tool]:
    """Read the pins."""
    with path.open("rb") as file:
        entries: dict[str, dict[str, Any]] = tomllib.load(file)
    return {name: Tool(name=name, **{"version": "", **entry}) for name, entry in entries.items()}
