"""What every gate's verb does with its verdict: show it, write it, say it to GitHub, set the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from posixpath import normpath

from gatepost import __version__, outputs
from gatepost.clients.git_folder import prefix_of
from gatepost.flows._gate import root_of
from gatepost.flows._wiring import in_actions, secrets_of, server_of
from gatepost.gates import sarif
from gatepost.model import Finding, Level, Verdict
from gatepost.posts import verdict as posted
from gatepost.safety import redact


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how a verdict is told; the same for every gate."""
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument("--verdict", metavar="FILE", default="", help="also write the verdict as JSON")
    parser.add_argument("--sarif", metavar="FILE", default="", help="also write the findings as SARIF")


def tell(verdict: Verdict, args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Tell the verdict everywhere it is wanted. Return 0 when it passed, 1 when it stops the delivery."""
    verdict = _redacted(_placed(verdict, args, env), known=secrets_of(env))
    document = json.dumps(as_json(verdict), indent=2, ensure_ascii=False) + "\n"
    if path := args.verdict or env.get("GATEPOST_VERDICT", ""):
        _write(path, document)
    if path := args.sarif or env.get("GATEPOST_SARIF", ""):
        _write(path, json.dumps(sarif.render(verdict, version=__version__), indent=1) + "\n")
    if args.json:
        sys.stdout.write(document)
    else:
        colour = sys.stdout.isatty() and not env.get("NO_COLOR")
        sys.stdout.write(posted.terminal(verdict, colour=colour))
    if in_actions(env):
        _tell_github(verdict, env)
    return 0 if verdict.passed else 1


def as_json(verdict: Verdict) -> dict[str, object]:
    """Return the verdict as the JSON that later jobs read."""
    return {
        "gate": verdict.gate,
        "passed": verdict.passed,
        "facts": dict(verdict.facts),
        "findings": [{**asdict(f), "level": str(f.level)} for f in verdict.findings],
    }


def _tell_github(verdict: Verdict, env: Mapping[str, str]) -> None:
    repository, sha = env.get("GITHUB_REPOSITORY", ""), env.get("GITHUB_SHA", "")
    page = posted.markdown(verdict, repository=repository, server=server_of(env), sha=sha)
    outputs.write_summary(page, env=env)
    outputs.set_output("passed", str(verdict.passed).lower(), env=env)
    for name, value in verdict.facts:
        outputs.set_output(name.replace(" ", "-"), value, env=env)
    for finding in verdict.findings:
        if finding.level is not Level.NOTE:
            outputs.annotate(
                finding.level,
                finding.message,
                path=finding.path,
                line=finding.line,
                title=finding.rule,
                env=env,
            )


def _placed(verdict: Verdict, args: argparse.Namespace, env: Mapping[str, str]) -> Verdict:
    """Name files from the repository's root, as everyone else does; a gate names them from its folder."""
    looked = hasattr(args, "path") and any(f.path for f in verdict.findings)
    prefix = prefix_of(root_of(args.path, env)) if looked else ""
    if not prefix:
        return verdict
    found = (replace(f, path=normpath(f"{prefix}{f.path}")) if f.path else f for f in verdict.findings)
    return replace(verdict, findings=tuple(found))


def _redacted(verdict: Verdict, *, known: Collection[str]) -> Verdict:
    """Messages quote tools, and tools quote the repository: no secret goes on from here."""

    def clean(finding: Finding) -> Finding:
        return replace(finding, message=str(redact(finding.message, known=known)))

    facts = tuple((name, str(redact(value, known=known))) for name, value in verdict.facts)
    return replace(verdict, findings=tuple(map(clean, verdict.findings)), facts=facts)


def _write(path: str, text: str) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
