"""Look into an image with Trivy before anyone can pull it: what is in it, and what is known against that."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatepost.clients.process import find, run
from gatepost.errors import UpstreamError
from gatepost.model import Finding, Level

FIX = "install Trivy 0.60 or newer"
_LAYOUT = re.compile(r"index\.json|oci-layout|blobs/sha256/[0-9a-f]{64}")
ORDER = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What Trivy saw."""

    packages: int
    system: str
    """Distribution and version, or empty for an image without one."""

    findings: tuple[Finding, ...]


def inspect(
    archive: Path, *, fail_on: str, ignore_unfixed: bool, env: Mapping[str, str], timeout_s: float = 900.0
) -> Inspected:
    """
    Scan the archive for known vulnerabilities; those of severity `fail_on` or worse stop.

    Raises `UpstreamError` when Trivy is missing, has no database, or saw no package at all: an image
    that nobody could look into has not passed.
    """
    trivy = find("trivy", fix=FIX, env=env)
    argv = [trivy, "image", "--format", "json", "--quiet", "--scanners", "vuln", "--list-all-pkgs"]
    argv += ["--exit-code", "0", "--timeout", f"{timeout_s:.0f}s"]
    argv += ["--ignore-unfixed"] if ignore_unfixed else []
    report = _json(argv, archive, env=env, timeout_s=timeout_s)
    results: list[dict[str, Any]] = report.get("Results") or []
    packages = sum(len(result.get("Packages") or ()) for result in results)
    if not packages:
        raise UpstreamError(
            "trivy found no package in the image, so it cannot say anything about it",
            fix="build on a base image with a package database, and keep the packages' metadata",
        )
    family = report.get("Metadata", {}).get("OS", {})
    found = [_finding(item, fail_on) for result in results for item in result.get("Vulnerabilities") or ()]
    found.sort(key=lambda f: (f.level is not Level.ERROR, f.message))
    return Inspected(
        packages=packages,
        system=f"{family.get('Family', '')} {family.get('Name', '')}".strip(),
        findings=tuple(_once(found)),
    )


def bill_of_materials(
    archive: Path, target: Path, *, env: Mapping[str, str], timeout_s: float = 600.0
) -> None:
    """Write the image's contents to `target` as CycloneDX JSON."""
    argv = [find("trivy", fix=FIX, env=env), "image", "--format", "cyclonedx", "--quiet"]
    document = _json(argv, archive, env=env, timeout_s=timeout_s)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files of an OCI layout, and nothing else that the archive may hold, into `folder`."""
    with tarfile.open(archive) as members:
        for member in members:
            name = member.name.removeprefix("./")
            content = members.extractfile(member) if member.isfile() and _LAYOUT.fullmatch(name) else None
            if content is not None:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file)


def _json(argv: list[str], archive: Path, *, env: Mapping[str, str], timeout_s: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        _unpack(archive, Path(folder))  # Trivy reads this layout from a folder only
        done = run([*argv, "--input", folder], cwd=Path.cwd(), timeout_s=timeout_s, env=env)
    document: object = None
    if not done.stopped and not done.exit_code:
        with contextlib.suppress(ValueError, RecursionError):
            document = json.loads(done.stdout)
    if not isinstance(document, dict):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-2:]
        raise UpstreamError(
            f"trivy could not look into the image ({done.stopped or f'exit code {done.exit_code}'}): "
            f"{' / '.join(said)[:500]}",
            fix="let the job reach Trivy's database, or set TRIVY_CACHE_DIR to a copy of it",
        )
    return document


def _finding(item: Mapping[str, Any], fail_on: str) -> Finding:
    severity = str(item.get("Severity", "UNKNOWN"))
    fixed = str(item.get("FixedVersion") or "")
    stops = ORDER.index(severity) >= ORDER.index(fail_on.upper())
    advice = f"fixed in {fixed}" if fixed else "no fix yet"
    return Finding(
        rule=f"trivy/{item['VulnerabilityID']}",
        level=Level.ERROR if stops else Level.WARNING if severity in {"HIGH", "MEDIUM"} else Level.NOTE,
        message=f"{severity.lower()}: {item['PkgName']} {item['InstalledVersion']}: "
        f"{str(item.get('Title') or 'known vulnerability')[:200]}; {advice}",
        tools=("trivy",),
        help_url=str(item.get("PrimaryURL", "")),
    )


def _once(findings: list[Finding]) -> Iterator[Finding]:
    seen = set()
    for finding in findings:
        if (key := (finding.rule, finding.message)) not in seen:
            seen.add(key)
            yield finding
