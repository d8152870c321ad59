"""Trivy's misconfiguration scan: Dockerfiles, Kubernetes manifests, Helm charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

SEVERITY = {"UNKNOWN": Severity.LOW} | {s.name: s for s in Severity}
FIX = "install trivy, or leave it out in .gatepost.yml under scan.tools"


class Trivy:
    """Finds unsafe settings; needs no vulnerability database."""

    name = "trivy"
    about = "misconfiguration"
    remote = False

    def inputs(self, target: Target) -> Sequence[str]:
        """Return Dockerfiles and YAML files."""
        return tuple(
            name
            for name in target.files
            if name.endswith((".yml", ".yaml")) or name.rpartition("/")[2].startswith("Dockerfile")
        )

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Run Trivy with the checks it carries, without asking for newer ones."""
        argv = [program("trivy", fix=FIX), "config", "--format", "json", "--quiet", "--exit-code", "0"]
        argv += ["--skip-check-update", "--skip-version-check", "--misconfig-scanners"]
        argv += ["dockerfile,kubernetes,helm", "."]
        with target.alone() as folder:
            found = report(argv, cwd=folder, accept=frozenset({0}), keys=("SchemaVersion",))
        return [
            self._flaw(item, str(result["Target"]), target)
            for result in found.get("Results", ())
            for item in result.get("Misconfigurations", ())
            if item.get("Status", "FAIL") == "FAIL"
        ]

    def _flaw(self, item: dict[str, Any], path: str, target: Target) -> Flaw:
        line = int(item.get("CauseMetadata", {}).get("StartLine") or 0)
        return Flaw(
            tool=self.name,
            rule=str(item["ID"]),
            severity=SEVERITY[str(item["Severity"])],
            message=f"{item['Title']}: {item['Message']}; {item['Resolution']}",
            path=path,
            line=line,
            snippet=target.snippet(path, line),
            help_url=str(item.get("PrimaryURL", "")),
        )
