"""Run the training, then read what it left."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatepost.clients.process import Finished, run
from gatepost.config.contract import Contract, Training
from gatepost.errors import ConfigError
from gatepost.gates.environment import python_of
from gatepost.gates.train.outcome import Outcome, read_outcome, untruths
from gatepost.gates.train.worktree import Worktree
from gatepost.model import Finding, Level, Verdict

MIB = 1024 * 1024
LOCKS = ("requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock", "environment.yml", "conda-lock.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A training that ended well enough to be read."""

    outcome: Outcome
    commit: str
    data_sha256: Mapping[str, str]
    """Path to hash, of the files the contract names."""

    lock_sha256: Mapping[str, str]
    seconds: float
    peak_bytes: int
    verdict: Verdict


def train(
    root: Path,
    contract: Contract,
    *,
    env: Mapping[str, str],
    on_line: Callable[[bytes], None] | None = None,
    complete: Callable[[Path], None] | None = None,
    stores: Sequence[str] = (),
) -> Trained:
    """
    Run the contract's command in `env` and judge what it left in the folder `train.out`.

    `complete` is called with that folder before it is read, to bring what the training left elsewhere;
    `stores` are more paths in the repository where it may write. Raises `ConfigError` when the training
    fails, is stopped at a limit, or leaves something missing or malformed: there is then nothing to judge.
    """
    plan = contract.train
    inputs = {path: _sha256(root, path) for path in dict.fromkeys((*plan.data, contract.validate.test_set))}
    locks = {p: _sha256(root, p) for p in (plan.lock or [n for n in LOCKS if (root / n).is_file()])}
    before = Worktree.look(root)
    out = root / plan.out
    if out.is_symlink():
        raise ConfigError(f"train.out {plan.out!r} is a symbolic link", fix="make it a folder")
    # What an earlier run left must not be taken for what this one made.
    shutil.rmtree(out, ignore_errors=True)
    done = _run(root, plan, env=env, on_line=on_line)
    if complete is not None:
        complete(out)
    outcome = read_outcome(out)
    findings = list(untruths(outcome, test_rows=_rows(root / contract.validate.test_set)))
    if strayed := before.strayed(Worktree.look(root), allowed=(plan.out, *stores)):
        shown = ", ".join(strayed[:5]) + (f" and {len(strayed) - 5} more" if len(strayed) > 5 else "")
        findings.append(
            Finding(
                rule="train/wrote-outside",
                level=Level.ERROR,
                message=f"the training changed files outside {plan.out}/: {shown}",
                path=strayed[0],
            )
        )
    facts = [(name, f"{value:.6g}") for name, value in outcome.metrics.items()]
    facts += [("rows", str(len(outcome.predictions))), ("seconds", f"{done.seconds:.1f}")]
    size = sum(path.stat().st_size for path in outcome.model_files)
    facts += [("peak memory", f"{done.peak_bytes / MIB:.0f} MiB"), ("model size", f"{size / MIB:.2f} MiB")]
    return Trained(
        outcome=outcome,
        commit=before.commit,
        data_sha256=inputs,
        lock_sha256=locks,
        seconds=done.seconds,
        peak_bytes=done.peak_bytes,
        verdict=Verdict(gate="train", findings=tuple(findings), facts=tuple(facts)),
    )


def _run(
    root: Path, plan: Training, *, env: Mapping[str, str], on_line: Callable[[bytes], None] | None
) -> Finished:
    argv = list(plan.command)
    if argv[0] in {"python", "python3"}:
        argv[0] = python_of(root, env)
    done = run(
        argv, cwd=root, env=env, timeout_s=plan.timeout_s, memory_bytes=plan.memory_bytes, on_line=on_line
    )
    shown = " ".join(plan.command)
    if done.stopped == "timeout":
        raise ConfigError(
            f"the training did not finish within {plan.timeout_s:.0f} s: {shown}",
            fix="mend what hangs, or raise train.timeout in metrics.yml",
        )
    if done.stopped == "memory":
        raise ConfigError(
            f"the training used more than {plan.memory_bytes / MIB:.0f} MiB of memory: {shown}",
            fix="use less of it, or raise train.memory in metrics.yml",
        )
    if done.exit_code:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()[-1:]
        raise ConfigError(
            f"the training ended with exit code {done.exit_code}: {''.join(said)[:300] or 'it said nothing'}",
            fix=f"run `{shown}` by hand in the repository",
        )
    return done


def _sha256(root: Path, path: str) -> str:
    try:
        with (root / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigError(
            f"metrics.yml names {path!r}, which cannot be read: {error.strerror}",
            fix="correct the path, or pull the data first",
        ) from error


def _rows(path: Path) -> int | None:
    """Count the rows of a CSV file below its header; other formats are not ours to count."""
    if path.suffix != ".csv":
        return None
    with path.open("rb") as file:
        return max(0, sum(1 for line in file if line.strip()) - 1)
