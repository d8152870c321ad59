"""Servers as child processes: each has a log of its own, and none outlives the run, however that ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

# The guard reads process groups from a pipe which closes when we die, even by SIGKILL, and then ends them.
GUARD = """
import contextlib, os, signal, sys
groups = [int(line) for line in sys.stdin]
for group in groups:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
"""


class NotReadyError(AssertionError):
    """Something of the bench did not come to be what it should; the message holds the end of its log."""


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether something accepts connections on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


Found = TypeVar("Found")


def until(ready: Callable[[], Found | None], *, what: str, within_s: float, every_s: float = 0.1) -> Found:
    """Return what `ready` yields as soon as that is true; raise NotReadyError after `within_s`."""
    end = time.monotonic() + within_s
    while not (found := ready()):
        if time.monotonic() > end:
            raise NotReadyError(f"not within {within_s:.0f} s: {what}")
        time.sleep(every_s)
    return found


class Crew:
    """The servers of one part of the bench, ended together and for sure."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = subprocess.Popen(
            [sys.executable, "-c", GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start a server; its output goes to NAME.log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=cwd or self.folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
            )
        self._members[name] = process
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{process.pid}\n")
        self._guard.stdin.flush()

    def ready(self, name: str, probe: Callable[[], object], *, within_s: float = 60) -> None:
        """Wait until a server answers; raise with the end of its log when it does not, or has ended."""
        process = self._members[name]

        def answers() -> object:
            if process.poll() is not None:
                raise NotReadyError(f"{name} ended with {process.returncode}:\n{self.log_tail(name)}")
            return probe()

        try:
            until(answers, what=f"{name} answers", within_s=within_s)
        except NotReadyError as late:
            raise NotReadyError(f"{late}\n{self.log_tail(name)}") from None

    def log_tail(self, name: str, *, lines: int = 25) -> str:
        """Return the last lines of a server's log."""
        text = (self.folder / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def kill(self, name: str) -> None:
        """End one server and what it started, at once: an API server asked politely takes a minute."""
        process = self._members.pop(name)
        with contextlib.suppress(ProcessLookupError):  # it and all it started have ended before
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End all servers, the last one first."""
        for name in reversed(list(self._members)):
            self.kill(name)
        assert self._guard.stdin is not None
        self._guard.kill()  # nothing is left to guard
        self._guard.stdin.close()
        self._guard.wait()
