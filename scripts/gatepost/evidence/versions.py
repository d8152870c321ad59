"""Tool, package and runner-image versions that logs print, compared between a failed and a passing job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_HEAD_BYTES = 256 * 1024
"""Versions are printed while a job is set up; further down a log the price is not worth it."""

_STAMP = re.compile(r"\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ")
_ESCAPE = re.compile(r"\x1b\[[\d;]*m")
_NUMBER = r"v?\d+(?:\.\d+)+[\w.+-]*"

_RUNNER = re.compile(r"^Current runner version: '([\d.]+)'$")
_IMAGE = re.compile(r"^(?:Image|Environment): ([\w.-]+)$")
_IMAGE_VERSION = re.compile(r"^Version: (\d{8}[\d.]*)$")
_ACTION = re.compile(r"^Download action repository '([\w./-]+)@([^']+)' \(SHA:([0-9a-f]{40})\)$")
_SET_UP = re.compile(rf"^Successfully set up (\w[\w. -]*?) \(?(?:version )?({_NUMBER})\)?$")
_PIP_ONE = re.compile(r"^([\w.-]+)-(\d[\w.!+]*)$")
_UV = re.compile(r"^\s*\+ ([\w.-]+)==([\w.!+-]+)")
# Three parts, so that durations and percentages are not taken for versions.
_PRINTED = re.compile(
    r"^([A-Za-z][\w.+-]*(?: [A-Za-z]\w*)??)(?::| version:?|,)? "
    r"\"?v?(\d+\.\d+\.\d+(?:[-+._]?\w+)*)\"?(?:[ ,(].*)?$"
)
_GO = re.compile(r"^go version go([\d.]+)")
_SHORT = 200
_LONG = 20_000
_NOT_TOOLS = frozenset({"at", "in", "took", "time", "total", "elapsed", "finished", "version", "to", "from"})


@dataclass(slots=True)
class Head:
    """Passes a log through and keeps its beginning."""

    chunks: Iterable[bytes]
    kept: bytearray = field(default_factory=bytearray)

    def __iter__(self) -> Iterator[bytes]:
        """Yield every chunk as it came."""
        for chunk in self.chunks:
            if (room := _HEAD_BYTES - len(self.kept)) > 0:
                self.kept += chunk[:room]
            yield chunk


def versions(head: bytes | bytearray) -> dict[str, str]:
    """Return what the beginning of a log says about versions: name to version, as printed."""
    found: dict[str, str] = {}
    image = ""
    for raw in head.decode("utf-8", "replace").split("\n"):
        stamp = _STAMP.match(raw)
        line = raw[stamp.end() :] if stamp else raw
        line = _ESCAPE.sub("", line).rstrip() if "\x1b" in line else line.rstrip()
        if m := _IMAGE.match(line):
            image = m[1]
        elif m := _IMAGE_VERSION.match(line):
            found.setdefault(f"runner image {image}".rstrip(), m[1])
        elif "." in line or line.startswith("Download action"):
            for name, version in _read(line):
                found.setdefault(name, version)
    return found


def _read(line: str) -> Iterator[tuple[str, str]]:
    if line.startswith("Successfully installed ") and len(line) < _LONG:
        for word in line.split()[2:]:
            if m := _PIP_ONE.match(word):
                yield f"package {m[1].lower()}", m[2]
    elif m := _UV.match(line):
        yield f"package {m[1].lower()}", m[2]
    elif len(line) > _SHORT:
        return
    elif m := _RUNNER.match(line):
        yield "runner", m[1]
    elif m := _ACTION.match(line):
        yield f"action {m[1]}@{m[2]}", m[3][:12]
    elif m := _SET_UP.match(line):
        yield m[1], m[2]
    elif m := _GO.match(line):
        yield "go", m[1]
    elif (m := _PRINTED.match(line)) and not _NOT_TOOLS & set(m[1].lower().split()):
        yield m[1], m[2]


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Say what differs, one line each; a name that only one side has counts for packages alone."""
    lines = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old and new and old != new:
            lines.append(f"{name}: {old} -> {new}")
        elif (
            name.startswith("package ") and old != new and _lists_packages(before) and _lists_packages(after)
        ):
            lines.append(f"{name}: {new} is new" if new else f"{name}: {old} is gone")
    return lines


def _lists_packages(found: dict[str, str]) -> bool:
    return any(name.startswith("package ") for name in found)
