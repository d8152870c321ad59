"""Run a scanner and read its JSON; anything but a complete report is an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gatepost.clients.process import Finished, find, run
from gatepost.errors import UpstreamError

TIMEOUT_S = 600.0
INSTALL = "install the scan extra (`pip install gatepost[scan]`), or leave the tool out in .gatepost.yml"


def program(name: str, *, fix: str = INSTALL) -> str:
    """Find a scanner: beside our own Python first, so that a virtual environment need not be active."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else find(name, fix=fix)


def report(
    argv: Sequence[str],
    *,
    cwd: Path,
    accept: frozenset[int],
    kinds: tuple[type, ...] = (dict,),
    keys: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Any:
    """
    Return the JSON that `argv` prints: one of `kinds`, whose objects have all of `keys`.

    `accept` are the exit codes that mean "scanned"; any other, a timeout, silence, or output of another
    shape raises `UpstreamError` with the end of what the tool said.
    """
    done = run(argv, cwd=cwd, timeout_s=timeout_s, env=env)
    name = Path(argv[0]).name
    if done.stopped:
        raise UpstreamError(
            f"{name} did not finish within {timeout_s:.0f} s",
            fix="scan fewer files: list those to leave out in .gatepost.yml under scan.exclude",
        )
    if done.exit_code not in accept or done.truncated:
        raise failed(name, done)
    try:
        found = json.loads(done.stdout)
    except (ValueError, RecursionError) as error:
        raise failed(name, done) from error
    parts = found if isinstance(found, list) else [found]
    whole = all(isinstance(part, dict) and part.keys() >= set(keys) for part in parts)
    if not isinstance(found, kinds) or not whole:
        raise failed(name, done)
    return found


def failed(name: str, done: Finished) -> UpstreamError:
    """Say that a tool failed, with the last lines it printed."""
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()[-3:]
    return UpstreamError(
        f"{name} gave no usable report (exit code {done.exit_code}): {' / '.join(said) or 'it said nothing'}",
        fix=f"run it by hand: {' '.join(done.argv[:6])} …",
    )
