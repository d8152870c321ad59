"""pip-audit: known vulnerabilities of locked Python dependencies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gatepost.errors import UpstreamError
from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

REQUIREMENTS = re.compile(r"(?:^|/)requirements[\w.-]*\.txt$")


class PipAudit:
    """
    Asks an advisory database about every pinned requirement.

    Which database is pip-audit's own choice: `PIP_AUDIT_VULNERABILITY_SERVICE` and
    `PIP_AUDIT_OSV_URL` in the environment change it.
    """

    name = "pip-audit"
    about = "dependencies"
    remote = True

    def inputs(self, target: Target) -> Sequence[str]:
        """Return the requirements files."""
        return tuple(name for name in target.files if REQUIREMENTS.search(name))

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Audit each file; a dependency that was skipped is an error, since it was not looked at."""
        return [flaw for path in self.inputs(target) for flaw in self._audit(path, target)]

    def _audit(self, path: str, target: Target) -> list[Flaw]:
        argv = [program("pip-audit"), "--format", "json", "--progress-spinner", "off"]
        argv += ["--disable-pip", "--no-deps", "--requirement", path]
        found = report(argv, cwd=target.root, accept=frozenset({0, 1}), keys=("dependencies",))
        dependencies: list[dict[str, Any]] = found["dependencies"]
        if skipped := [d for d in dependencies if "skip_reason" in d]:
            raise UpstreamError(
                f"pip-audit skipped {len(skipped)} of {len(dependencies)} dependencies of {path}, "
                f"first: {skipped[0]['skip_reason']}",
                fix="give it a database that knows them (PIP_AUDIT_VULNERABILITY_SERVICE), or use Snyk",
            )
        return [
            self._flaw(path, dependency, vulnerability, target)
            for dependency in dependencies
            for vulnerability in dependency["vulns"]
        ]

    def _flaw(
        self, path: str, dependency: dict[str, Any], vulnerability: dict[str, Any], target: Target
    ) -> Flaw:
        name, version = str(dependency["name"]), str(dependency["version"])
        names = [str(vulnerability["id"]), *map(str, vulnerability.get("aliases", ()))]
        fixed = ", ".join(map(str, vulnerability.get("fix_versions", ())))
        return Flaw(
            tool=self.name,
            rule=next((n for n in names if n.startswith("CVE-")), names[0]),
            # pip-audit knows no severity; a known vulnerability is taken for a high one.
            severity=Severity.HIGH,
            message=f"{name} {version} has a known vulnerability; "
            + (f"fixed in {fixed}" if fixed else "no fix yet"),
            path=path,
            line=_line_of(name, target, path),
            subject=f"{name} {version}",
            help_url=f"https://osv.dev/vulnerability/{names[0]}",
        )


def _line_of(package: str, target: Target, path: str) -> int:
    """Return the line that pins `package`, names compared as PEP 503 has it."""
    wanted = re.sub(r"[-_.]+", "-", package).lower()
    with (target.root / path).open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            name = re.match(r"[A-Za-z0-9][\w.-]*", line)
            if name and re.sub(r"[-_.]+", "-", name[0]).lower() == wanted:
                return number
    return 0
