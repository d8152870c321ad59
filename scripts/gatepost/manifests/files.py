"""Edit a file in place: verified first, then swapped in whole, with its mode kept."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.edit import Key, replace

MAX_BYTES = 64 * 1024 * 1024
"""The largest bundles in public manifests repositories are near 2 MB."""


def bump(path: Path, *, doc: int, key: Key, new: str | int) -> bool:
    """
    Change one value in the file at `path`; return whether it differed.

    Refuses symbolic links, because the edit would land in another file than the one named.
    """
    raw, mode = _read(path)
    result = replace(raw, doc=doc, key=key, new=new, name=str(path))
    if result == raw:
        return False
    _swap(path, result, mode=mode)
    return True


def _read(path: Path) -> tuple[bytes, int]:
    try:
        info = path.lstat()
        if stat.S_ISLNK(info.st_mode):
            raise RefusedError(
                f"{path} is a symbolic link to {path.readlink()}", fix="name the file that the link points to"
            )
        if not stat.S_ISREG(info.st_mode):
            raise ConfigError(f"{path} is not a file", fix="name one YAML file")
        if info.st_size > MAX_BYTES:
            raise ConfigError(f"{path} holds {info.st_size} bytes, over {MAX_BYTES}", fix="split the file")
        return path.read_bytes(), stat.S_IMODE(info.st_mode)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", fix="check the path and its permissions"
        ) from None


def _swap(path: Path, content: bytes, *, mode: int) -> None:
    """Replace the file in one step, so that a reader or a crash sees the old or the new file, never half."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with scratch.open("xb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", fix="check the folder's permissions and free space"
        ) from None
