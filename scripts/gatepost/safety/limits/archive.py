"""Read ZIP archives from strangers: in memory, counted while inflating, never extracted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from gatepost.errors import UpstreamError
from gatepost.safety.limits.text import one_line

MAX_ENTRIES = 10_000
MAX_FILE_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20

_ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".whl", ".jar", ".zst"})
_CHUNK = 1 << 16
_END_RECORD = b"PK\x05\x06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of an archive."""

    name: str
    """For matching and showing, never a path to write to: control characters made visible, length bounded."""

    body: bytes

    truncated_at: int = 0
    """The limit in bytes at which reading stopped; 0 when `body` is the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What could be read of an archive."""

    entries: tuple[Entry, ...]
    """In the archive's own order. Of two entries with one name the first counts."""

    notes: tuple[str, ...] = ()
    """One sentence for each thing that was cut or left out, such as a damaged entry."""


def read_zip(
    data: bytes,
    *,
    wanted: Callable[[str], bool] = lambda _: True,
    max_entries: int = MAX_ENTRIES,
    max_file_bytes: int = MAX_FILE_BYTES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
    what: str = "the archive",
) -> Archive:
    """
    Read the files of a ZIP archive whose names `wanted` accepts.

    Sizes are counted while inflating, as headers lie. Links, nested archives and names that leave
    the archive are left out and noted. Raises `UpstreamError` for what is no archive at all and
    for more than `max_entries` entries.
    """
    infos = _directory(data, max_entries=max_entries, what=what)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries: list[Entry] = []
        notes: list[str] = []
        seen: set[str] = set()
        left = max_total_bytes
        for info in infos:
            if info.is_dir() or not wanted(info.filename):
                continue
            name = one_line(info.filename)
            if problem := _unfit(info, seen):
                notes.append(f"{name}: left out, {problem}")
                continue
            seen.add(info.filename)
            if left <= 0:
                notes.append(f"{name}: left out, the total limit of {max_total_bytes} bytes is used up")
                continue
            cap = min(max_file_bytes, left)
            try:
                body, whole = _inflate(archive, info, cap=cap)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                NotImplementedError,
                RuntimeError,
                OSError,
            ) as error:
                notes.append(f"{name}: damaged or unreadable ({one_line(str(error))})")
                continue
            left -= len(body)
            entries.append(Entry(name=name, body=body, truncated_at=0 if whole else cap))
            if not whole:
                notes.append(f"{name}: truncated at {cap} bytes")
    return Archive(entries=tuple(entries), notes=tuple(notes))


def _directory(data: bytes, *, max_entries: int, what: str) -> list[zipfile.ZipInfo]:
    """Read the list of entries, after the end record said how many to expect."""
    fix = "download it again; if it stays so, the artifact itself is damaged"
    if not data:
        raise UpstreamError(f"{what} is empty: 0 bytes", fix=fix)
    tail = data.rfind(_END_RECORD, max(0, len(data) - (1 << 16) - 22))
    if tail < 0 or len(data) < tail + 22:
        start = one_line(data[:16].decode("latin-1"))
        raise UpstreamError(
            f"{what} is no complete ZIP archive: {len(data)} bytes beginning {start!r}", fix=fix
        )
    # The count is a hint (65,535 stands for "more"), so it only refuses early; the list is counted too.
    declared = int.from_bytes(data[tail + 10 : tail + 12], "little")
    if declared > max_entries:
        raise UpstreamError(f"{what} holds {declared} or more entries, the limit is {max_entries}", fix=fix)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UpstreamError(f"{what} is no readable ZIP archive: {error}", fix=fix) from error
    if len(infos) > max_entries:
        raise UpstreamError(f"{what} holds {len(infos)} entries, the limit is {max_entries}", fix=fix)
    return infos


def _unfit(info: zipfile.ZipInfo, seen: set[str]) -> str:
    """Say why an entry must not be read; empty when it may."""
    parts = info.filename.replace("\\", "/").split("/")
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link"
    if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
        return "its name leads out of the archive"
    if PurePosixPath(info.filename).suffix.lower() in _ARCHIVES:
        return "a nested archive"
    if info.filename in seen:
        return "a second entry of the same name"
    return ""


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, cap: int) -> tuple[bytes, bool]:
    """Return at most `cap` bytes of an entry, and whether that is all of it."""
    parts: list[bytes] = []
    size = 0
    with archive.open(info) as stream:
        while size <= cap and (part := stream.read(min(_CHUNK, cap + 1 - size))):
            parts.append(part)
            size += len(part)
    body = b"".join(parts)
    return body[:cap], size <= cap
