"""Speaking to an API server through kubectl."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.road.processes import NotReadyError, until
from tests.tools import tool

Object = dict[str, Any]
Found = TypeVar("Found")


class Kubernetes:
    """One API server, as the administrator sees it."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig

    def kubectl(self, *words: str, stdin: str | None = None, check: bool = True) -> str:
        """Run kubectl and return its stdout; raise with its stderr when it fails."""
        command = [tool("kubectl"), f"--kubeconfig={self.kubeconfig}", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120)
        if check and done.returncode:
            raise NotReadyError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Bring objects into being, or up to date."""
        manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=manifest)

    def apply_files(self, paths: Iterable[Path]) -> None:
        """Apply manifests from files and folders; by the server, since some CRDs exceed an annotation."""
        self.kubectl(
            "apply",
            "--server-side",
            "--force-conflicts",
            *[word for path in paths for word in ("-f", str(path))],
        )

    def get(self, kind: str, name: str, *, namespace: str = "default") -> Object | None:
        """Return an object, or None when there is none."""
        shown = self.kubectl(
            "get", kind, name, f"--namespace={namespace}", "--ignore-not-found", "-o", "json"
        )
        return dict(json.loads(shown)) if shown.strip() else None

    def all(self, kind: str, *, namespace: str = "default", selector: str = "") -> list[Object]:
        """Return the objects of a kind."""
        words = ["get", kind, f"--namespace={namespace}", f"--selector={selector}", "-o", "json"]
        return list(json.loads(self.kubectl(*words))["items"])

    def established(self, *crds: str) -> None:
        """Wait until custom resources are served: kubectl's own wait fails on a CRD that is a moment old."""
        for crd in crds:
            until(
                lambda crd=crd: condition(self.get("crd", crd), "Established") == "True",  # type: ignore[misc]
                what=f"{crd} is served",
                within_s=30,
            )

    def wait(self, probe: Callable[[], Found | None], *, what: str, within_s: float = 90) -> Found:
        """Wait for a state of the cluster."""
        return until(probe, what=what, within_s=within_s, every_s=0.3)


def condition(found: Object | None, kind: str) -> str:
    """Return the status of a condition: True, False, Unknown, or nothing when it is not there."""
    conditions = (found or {}).get("status", {}).get("conditions") or []
    return next((str(one["status"]) for one in conditions if one["type"] == kind), "")
