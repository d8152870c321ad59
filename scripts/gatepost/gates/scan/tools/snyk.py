"""Snyk: known vulnerabilities of dependencies, when a token is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatepost.clients.process import find
from gatepost.errors import UpstreamError
from gatepost.gates.environment import python_of
from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import report

SEVERITY = {s.label: s for s in Severity}
FIX = "install the Snyk command, or take SNYK_TOKEN away so that pip-audit is used"
MANIFESTS = (
    "requirements.txt",
    "pyproject.toml",
    "poetry.lock",
    "Pipfile.lock",
    "package-lock.json",
    "go.mod",
)


class Snyk:
    """Asks Snyk about the manifests it knows; the command itself reads SNYK_TOKEN from `env`."""

    name = "snyk"
    about = "dependencies"
    remote = True

    def __init__(self, *, env: Mapping[str, str]) -> None:
        self.env = env

    def inputs(self, target: Target) -> Sequence[str]:
        """Return the manifests Snyk would test."""
        return tuple(name for name in target.files if name.rpartition("/")[2] in MANIFESTS)

    def scan(self, target: Target) -> Sequence[Flaw]:
        """
        Run Snyk; exit code 1 means "found", 2 and 3 mean that it could not test.

        It reads what is installed in the repository's Python. Without `--fail-fast` it would leave out a
        project that it cannot resolve, and pass.
        """
        argv = [find("snyk", fix=FIX, env=self.env), "test", "--all-projects", "--fail-fast", "--json"]
        argv += [f"--command={python_of(target.root, self.env)}"]
        found = report(
            argv, cwd=target.root, accept=frozenset({0, 1}), kinds=(dict, list), keys=("vulnerabilities",),
            env=self.env,
        )  # fmt: skip
        projects = found if isinstance(found, list) else [found]
        if not projects:
            raise UpstreamError("snyk tested no project", fix="run `snyk test --all-projects -d` by hand")
        return [
            self._flaw(item, str(project.get("displayTargetFile", "")))
            for project in projects
            for item in project["vulnerabilities"]
        ]

    def _flaw(self, item: dict[str, Any], path: str) -> Flaw:
        identifiers = item.get("identifiers", {})
        cves, cwes = identifiers.get("CVE") or [item["id"]], identifiers.get("CWE") or []
        subject = f"{item['packageName']} {item['version']}"
        fixed = ", ".join(item.get("fixedIn", ()))
        return Flaw(
            tool=self.name,
            rule=str(cves[0]),
            severity=SEVERITY.get(str(item["severity"]), Severity.HIGH),
            message=f"{subject}: {item['title']}; " + (f"fixed in {fixed}" if fixed else "no fix yet"),
            path=path,
            cwe=int(str(cwes[0]).removeprefix("CWE-")) if cwes else 0,
            subject=subject,
            help_url=f"https://security.snyk.io/vuln/{item['id']}",
        )
