"""Tools and training scripts as child processes: bounded in time, memory and output, ended with their kin."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gatepost.errors import ConfigError, UpstreamError

MAX_OUTPUT_BYTES = 64 * 1024 * 1024
"""Per stream; a tool that prints more is cut, and `Finished.truncated` says so."""

POLL_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a process ended. A non-zero exit code is for the caller to judge."""

    argv: tuple[str, ...]
    exit_code: int
    """Negative for a signal, as `subprocess` has it."""

    stdout: bytes
    stderr: bytes
    seconds: float
    peak_bytes: int = 0
    """Largest resident memory of the process and its children together, as sampled; 0 when not watched."""

    stopped: str = ""
    """Why we ended it: `timeout`, `memory`, or empty when it ended by itself."""

    truncated: bool = False


def find(name: str, *, fix: str, env: Mapping[str, str] | None = None) -> str:
    """Return the path of the program `name`, or raise `UpstreamError`: a missing tool is never a pass."""
    path = shutil.which(name, path=None if env is None else env.get("PATH"))
    if path is None:
        raise UpstreamError(f"{name} is not installed", fix=fix)
    return path


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    timeout_s: float,
    env: Mapping[str, str] | None = None,
    memory_bytes: int | None = None,
    on_line: Callable[[bytes], None] | None = None,
) -> Finished:
    """
    Run `argv` in a process group of its own and wait for it.

    At `timeout_s`, or when the group's resident memory passes `memory_bytes`, the whole group is
    killed and `Finished.stopped` says why. `on_line` sees each line of either stream as it comes.
    Raises `ConfigError` when the program cannot be started.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ConfigError(
                f"cannot start {argv[0]!r} in {str(cwd)!r}: {error.strerror}",
                fix="check the command's spelling, its permission, and that it is installed",
            ) from error
        assert process.stdout is not None  # noqa: S101 - both are pipes, as asked for above
        assert process.stderr is not None  # noqa: S101
        pumps = [
            _pump(process.stdout, out, on_line),
            _pump(process.stderr, err, on_line),
        ]
        try:
            stopped, peak = _wait(process, deadline=started + timeout_s, memory_bytes=memory_bytes)
        finally:
            _kill_group(process)
        for pump in pumps:
            pump.join(timeout=5)
        stdout, cut_out = _read(out)
        stderr, cut_err = _read(err)
    return Finished(
        argv=tuple(argv),
        exit_code=process.returncode,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - started,
        peak_bytes=peak,
        stopped=stopped,
        truncated=cut_out or cut_err,
    )


def _pump(source: IO[bytes], sink: IO[bytes], on_line: Callable[[bytes], None] | None) -> threading.Thread:
    """Copy one stream to a file, up to the cap, so that a full pipe never blocks the child."""

    def copy() -> None:
        written = 0
        with source:
            for line in iter(lambda: source.readline(64 * 1024), b""):
                if written <= MAX_OUTPUT_BYTES:
                    sink.write(line)
                    written += len(line)
                if on_line is not None:
                    on_line(line)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return thread


def _read(file: IO[bytes]) -> tuple[bytes, bool]:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return file.read(MAX_OUTPUT_BYTES), size > MAX_OUTPUT_BYTES


def _wait(process: subprocess.Popen[bytes], *, deadline: float, memory_bytes: int | None) -> tuple[str, int]:
    """Wait for the end or a limit; return why it was stopped, and the peak memory seen."""
    if memory_bytes is None:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return "timeout", 0
        return "", 0
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident_bytes(process.pid))
        if peak > memory_bytes:
            return "memory", peak
        if time.monotonic() > deadline:
            return "timeout", peak
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=POLL_S)
    return "", peak


def _resident_bytes(pid: int) -> int:
    """Add up the resident memory of `pid` and everything it started."""
    import psutil  # noqa: PLC0415 - only limits on memory need it

    total = 0
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for member in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += member.memory_info().rss
    return total


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it left running, then collect it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
