"""zizmor: workflows and actions that could be turned against their repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

SEVERITY = {
    "Informational": Severity.LOW,
    "Low": Severity.LOW,
    "Medium": Severity.MEDIUM,
    "High": Severity.HIGH,
}


class Zizmor:
    """Audits `.github/workflows` and composite actions, offline."""

    name = "zizmor"
    about = "workflows"
    remote = False

    def inputs(self, target: Target) -> Sequence[str]:
        """Return workflow and action files."""
        return tuple(
            name
            for name in target.ending(".yml", ".yaml")
            if name.startswith(".github/workflows/")
            or name.rpartition("/")[2] in {"action.yml", "action.yaml"}
        )

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Run zizmor; a workflow that it cannot parse is an error."""
        argv = [program("zizmor"), "--offline", "--quiet", "--no-exit-codes", "--strict-collection"]
        argv += ["--format", "json-v1", "--", *self.inputs(target)]
        found = report(argv, cwd=target.root, accept=frozenset({0}), kinds=(list,), keys=("ident",))
        return [self._flaw(item, target) for item in found if not item["ignored"]]

    def _flaw(self, item: dict[str, Any], target: Target) -> Flaw:
        primary = next(
            (p for p in item["locations"] if p["symbolic"].get("kind") == "Primary"), item["locations"][0]
        )
        path = str(primary["symbolic"]["key"]["Local"]["verbatim_path"]).removeprefix("./")
        line = int(primary["concrete"]["location"]["start_point"]["row"]) + 1
        return Flaw(
            tool=self.name,
            rule=str(item["ident"]),
            severity=SEVERITY.get(item["determinations"]["severity"], Severity.MEDIUM),
            message=f"{item['desc']}: {primary['symbolic']['annotation']}",
            path=path,
            line=line,
            snippet=target.snippet(path, line),
            help_url=str(item["url"]),
        )
