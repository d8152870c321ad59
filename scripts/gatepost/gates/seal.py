"""One digest for a folder that travels between jobs, so that the next job knows it got what was sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gatepost.errors import ConfigError, RefusedError


def seal(folder: Path) -> str:
    """
    Return the SHA-256 over the names and contents of every file below `folder`; 64 hex digits.

    Modes and times do not travel in an artifact and do not count. Raises `ConfigError` for a folder
    without files and for symbolic links.
    """
    total = hashlib.sha256()
    files = sorted(
        (p for p in folder.rglob("*") if p.is_symlink() or p.is_file()), key=lambda p: p.as_posix()
    )
    if not files:
        raise ConfigError(
            f"there is no file in {str(folder)!r}", fix="name the folder that the job before filled"
        )
    for file in files:
        if file.is_symlink():
            raise ConfigError(f"{str(file)!r} is a symbolic link", fix="copy the file itself")
        name = file.relative_to(folder).as_posix().encode()
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").digest()
        total.update(len(name).to_bytes(8, "big") + name + digest)
    return total.hexdigest()


def check_seal(folder: Path, expected: str) -> str:
    """Return the seal of `folder`, or raise `RefusedError` when it is not `expected`."""
    found = seal(folder)
    if found != expected.strip().lower():
        raise RefusedError(
            f"{str(folder)!r} is not what the job before sent: its seal is {found}, not {expected!r}",
            fix="run the whole workflow again; if it happens again, find out who writes its artifacts",
        )
    return found
