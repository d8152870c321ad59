"""Gitleaks: secrets in the tree and in the whole history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gatepost.clients.process import find, run
from gatepost.errors import ConfigError
from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

FIX = "install gitleaks, or leave it out in .gatepost.yml under scan.tools"


class Gitleaks:
    """Finds committed secrets; one found in an old commit is leaked although the tree is clean."""

    name = "gitleaks"
    about = "secrets"
    remote = False

    def __init__(self, *, history: bool = True) -> None:
        self.history = history

    def inputs(self, target: Target) -> Sequence[str]:
        """Return every file."""
        return target.files

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Scan the tree, then the history; the values themselves never leave the tool."""
        with target.alone() as folder:
            flaws = self._run("dir", target, folder)
        if self.history and target.prefix is not None:
            _refuse_shallow(target)
            here = {(f.rule, f.path, f.line) for f in flaws}
            flaws += [f for f in self._history(target, target.prefix) if (f.rule, f.path, f.line) not in here]
        return flaws

    def _history(self, target: Target, prefix: str) -> list[Flaw]:
        """Return what commits hold below the target's folder, named from there."""
        flaws = self._run("git", target, target.root)
        return [replace(f, path=f.path.removeprefix(prefix)) for f in flaws if f.path.startswith(prefix)]

    def _run(self, mode: str, target: Target, folder: Path) -> list[Flaw]:
        argv = [program("gitleaks", fix=FIX), mode, "--report-format", "json", "--report-path", "-"]
        argv += ["--exit-code", "0", "--no-banner", "--no-color", "--log-level", "error", "--redact=100", "."]
        found = report(argv, cwd=folder, accept=frozenset({0}), kinds=(list,), keys=("RuleID", "File"))
        return [self._flaw(item, target) for item in found]

    def _flaw(self, item: dict[str, Any], target: Target) -> Flaw:
        commit = str(item.get("Commit") or "")[:12]
        where = f" in commit {commit}" if commit else ""
        path = str(item["File"])
        return Flaw(
            tool=self.name,
            rule=str(item["RuleID"]),
            severity=Severity.CRITICAL,
            message=f"{item['Description']}{where}; rotate it, then remove it",
            path=path,
            line=int(item["StartLine"]),
            cwe=798,
            subject=commit,
            snippet="" if commit else target.snippet(path, int(item["StartLine"])),
        )


def _refuse_shallow(target: Target) -> None:
    argv = [find("git", fix="install git"), "rev-parse", "--is-shallow-repository"]
    done = run(argv, cwd=target.root, timeout_s=30)
    if done.stdout.strip() == b"true":
        raise ConfigError(
            "the checkout is shallow, so gitleaks would see only the last commits of the history",
            fix="check out with `fetch-depth: 0`, or set `scan: {history: false}` in .gatepost.yml",
        )
