"""`gatepost scan`: every security scanner side by side, one verdict."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from gatepost import config
from gatepost.clients.git_folder import prefix_of
from gatepost.clients.process import find
from gatepost.errors import ConfigError
from gatepost.flows import _verdict
from gatepost.flows._gate import root_of
from gatepost.gates.environment import foreign
from gatepost.gates.scan import scan
from gatepost.gates.scan.accept import Baseline, render
from gatepost.gates.scan.flaw import Scanner, Severity, Target
from gatepost.gates.scan.tools.bandit import Bandit
from gatepost.gates.scan.tools.gitleaks import Gitleaks
from gatepost.gates.scan.tools.pip_audit import PipAudit
from gatepost.gates.scan.tools.semgrep import Semgrep
from gatepost.gates.scan.tools.snyk import Snyk
from gatepost.gates.scan.tools.trivy import Trivy
from gatepost.gates.scan.tools.zizmor import Zizmor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to scan, and what stops."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument("--tools", metavar="A,B", default="", help="only these scanners")
    parser.add_argument(
        "--fail-on", choices=[s.label for s in Severity], default="", help="least severity that stops"
    )
    parser.add_argument(
        "--write-baseline", metavar="FILE", default="", help="accept what is there now, and pass"
    )
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Scan; exit code 1 when a new, unexcused flaw is bad enough."""
    root = root_of(args.path, env)
    settings = config.read(root, env=env).scan
    named = args.tools or env.get("GATEPOST_TOOLS", "")
    tools = tuple(name.strip() for name in named.split(",") if name.strip()) or settings.tools
    result = scan(
        target_of(root, exclude=settings.exclude), scanners(tools, history=settings.history, env=env)
    )
    if args.write_baseline:
        Path(args.write_baseline).write_text(render(result.flaws), encoding="utf-8")
    fail_on = args.fail_on or env.get("GATEPOST_FAIL_ON", "") or settings.fail_on
    if fail_on.upper() not in Severity.__members__:
        raise ConfigError(f"fail-on is {fail_on!r}", fix="write low, medium, high or critical")
    written = args.write_baseline or (str(root / settings.baseline) if settings.baseline else "")
    verdict = result.judge(
        fail_on=Severity[fail_on.upper()],
        today=datetime.now(UTC).date(),
        suppressions=settings.suppress,
        baseline=Baseline.read(Path(written)) if written else None,
    )
    return _verdict.tell(verdict, args, env)


def scanners(names: Sequence[str], *, history: bool, env: Mapping[str, str]) -> list[Scanner]:
    """
    Return the scanners called `names`, or the default set.

    The slowest come first, so that they start first. Dependencies are Snyk's when its token is
    there, else pip-audit's.
    """
    token = env.get("GATEPOST_SNYK_TOKEN", "") or env.get("SNYK_TOKEN", "")
    snyk = Snyk(env=foreign(env) | {"SNYK_TOKEN": token})
    known: dict[str, Scanner] = {
        s.name: s
        for s in (Semgrep(), Bandit(), PipAudit(), snyk, Gitleaks(history=history), Trivy(), Zizmor())
    }
    if odd := [name for name in names if name not in known]:
        raise ConfigError(f"there is no scanner {odd[0]!r}", fix=f"choose from {', '.join(known)}")
    without = "pip-audit" if token else "snyk"
    return [known[name] for name in (names or [name for name in known if name != without])]


def target_of(root: Path, *, exclude: Sequence[str]) -> Target:
    """List what git tracks or would track under `root`; without git, every file."""
    prefix = prefix_of(root)
    if prefix is not None:
        argv = [
            find("git", fix="install git"),
            "ls-files",
            "-z",
            "-co",
            "--exclude-standard",
            "--deduplicate",
        ]
        listed = subprocess.run(argv, cwd=root, check=True, capture_output=True, timeout=60).stdout
        names = [name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name]
    else:
        names = [p.relative_to(root).as_posix() for p in root.rglob("*")]
    kept = [
        name
        for name in names
        if not any(fnmatchcase(name, pattern) for pattern in exclude)
        and (root / name).is_file()
        and not (root / name).is_symlink()
    ]
    return Target(root=root, files=tuple(sorted(kept)), prefix=prefix)
