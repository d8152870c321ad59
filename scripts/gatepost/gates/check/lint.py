"""Flake8, or Ruff where the repository is configured for it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from gatepost.clients.process import Finished, find, run
from gatepost.errors import UpstreamError
from gatepost.gates.environment import python_of
from gatepost.model import Finding, Level

TIMEOUT_S = 300.0
# path:row:code:text, with a separator that no path holds.
FORMAT = "%(path)s\x1f%(row)d\x1f%(code)s\x1f%(text)s"


def linter_of(root: Path) -> str:
    """Return `ruff` when the repository has settings for it, else `flake8`."""
    if any((root / name).is_file() for name in ("ruff.toml", ".ruff.toml")):
        return "ruff"
    try:
        document = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return "flake8"
    return "ruff" if "ruff" in document.get("tool", {}) else "flake8"


def lint(root: Path, *, env: Mapping[str, str]) -> tuple[str, tuple[Finding, ...]]:
    """
    Lint the tree with the repository's own linter; every finding stops.

    Returns the linter's name and what it found. Raises `UpstreamError` when the linter is missing
    or fails.
    """
    name = linter_of(root)
    return name, (_ruff(root, env=env) if name == "ruff" else _flake8(root, env=env))


def _flake8(root: Path, *, env: Mapping[str, str]) -> tuple[Finding, ...]:
    argv = [python_of(root, env), "-m", "flake8", "--format", FORMAT, "."]
    done = run(argv, cwd=root, timeout_s=TIMEOUT_S, env=env)
    text = done.stdout.decode("utf-8", "replace")
    rows = [line.split("\x1f", 3) for line in text.splitlines() if line.count("\x1f") >= 3]
    if done.exit_code not in {0, 1} or done.stopped or (done.exit_code == 1 and not rows):
        raise _failed("flake8", done)
    return tuple(_finding("flake8", code, text, path=path, line=int(row)) for path, row, code, text in rows)


def _ruff(root: Path, *, env: Mapping[str, str]) -> tuple[Finding, ...]:
    program = find("ruff", fix="install ruff where the repository's tests run", env=_with_venv(root, env))
    done = run([program, "check", "--output-format", "json", "."], cwd=root, timeout_s=TIMEOUT_S, env=env)
    try:
        items = json.loads(done.stdout)
    except ValueError as error:
        raise _failed("ruff", done) from error
    if done.exit_code not in {0, 1} or done.stopped:
        raise _failed("ruff", done)
    return tuple(
        _finding(
            "ruff",
            item["code"] or "syntax-error",
            item["message"],
            path=str(Path(item["filename"]).relative_to(root.resolve())),
            line=item["location"]["row"],
        )
        for item in items
    )


def _with_venv(root: Path, env: Mapping[str, str]) -> dict[str, str]:
    return {**env, "PATH": f"{root / '.venv' / 'bin'}:{env.get('PATH', '')}"}


def _finding(tool: str, code: str, text: str, *, path: str, line: int) -> Finding:
    message = f"{code} {text}"
    return Finding(
        rule=f"{tool}/{code}",
        level=Level.ERROR,
        message=message,
        path=Path(path).as_posix().removeprefix("./"),
        line=line,
        tools=(tool,),
    )


def _failed(tool: str, done: Finished) -> UpstreamError:
    if re.search(rb"No module named '?flake8", done.stderr):
        return UpstreamError(
            "flake8 is not installed in the repository's Python",
            fix="add flake8 to its development requirements, or configure ruff",
        )
    said: Sequence[str] = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()[-2:]
    why = done.stopped or f"exit code {done.exit_code}"
    return UpstreamError(
        f"{tool} could not lint the tree ({why}): {' / '.join(said) or 'it said nothing'}",
        fix=f"run {tool} by hand in the repository and mend its configuration",
    )
