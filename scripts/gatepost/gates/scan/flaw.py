"""What a scanner reports, before the gate decides how much it matters."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol


class Severity(IntEnum):
    """How bad, worst highest; the four steps that every scanner can be mapped to."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """Return the lower-case name that configuration uses."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One result of one scanner."""

    tool: str
    rule: str
    """The tool's own identifier, such as `B301` or `CVE-2024-1234`."""

    severity: Severity
    message: str
    path: str = ""
    """Relative to the root, forward slashes."""

    line: int = 0
    """1-based; 0 for the whole file."""

    cwe: int = 0
    """Number in the Common Weakness Enumeration; 0 when the tool names none."""

    subject: str = ""
    """What is flawed when a line cannot say it: `jinja2 2.10`, or a commit's short hash."""

    snippet: str = ""
    """The flawed line as it stands, for recognising it again; never shown, never stored."""

    help_url: str = ""

    @property
    def identity(self) -> str:
        """Return a hash that survives moved lines but not a changed one; 32 hex digits."""
        words = " ".join(self.snippet.split())
        parts = (self.rule, self.path, self.subject, words)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is scanned: a folder, and the files in it that belong to the repository."""

    root: Path
    files: tuple[str, ...]
    """Relative paths, sorted; what git tracks or would track, without the excluded ones."""

    prefix: str | None = None
    """Where `root` lies in its git repository: empty at the top, else `folder/`; None outside of any."""

    def ending(self, *suffixes: str) -> tuple[str, ...]:
        """Return the files with one of these endings."""
        return tuple(name for name in self.files if name.endswith(suffixes))

    @contextmanager
    def alone(self) -> Iterator[Path]:
        """
        Yield a folder with the target's files and nothing else, for a tool that walks folders by itself.

        An environment or data beside the repository would cost such a tool minutes. The files are hard
        links where the disk allows it: they are to be read only.
        """
        with tempfile.TemporaryDirectory(prefix="gatepost-scan-") as folder:
            for name in self.files:
                place = Path(folder) / name
                place.parent.mkdir(parents=True, exist_ok=True)
                try:
                    place.hardlink_to(self.root / name)
                except OSError:
                    shutil.copyfile(self.root / name, place)
            yield Path(folder)

    def snippet(self, path: str, line: int) -> str:
        """Return one line of a file of the target, or nothing where there is none."""
        if line < 1 or path not in self.files:
            return ""
        with (self.root / path).open(encoding="utf-8", errors="replace") as file:
            return next((text for number, text in enumerate(file, 1) if number == line), "")


class Scanner(Protocol):
    """One tool. It finds, or it raises; it never passes what it did not read."""

    name: str
    about: str
    """What kind of flaw it looks for, for the report: `SAST`, `dependencies`, `secrets` …"""

    remote: bool
    """Whether it mostly waits for somebody else's server, and so needs no core to itself."""

    def inputs(self, target: Target) -> Sequence[str]:
        """Return the files it would read; none means that it has nothing to do here."""

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Run the tool. Raises `UpstreamError` when it is missing, fails, times out or skips its input."""
