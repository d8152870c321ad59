"""A Kubernetes API server as far as reading objects and merging a patch goes."""

from __future__ import annotations

from typing import Any

from tests.servers.http import LocalServer, Reply, Request

TOKEN = "cluster-token"


class Cluster(LocalServer):
    """Serves objects by path and pods by labels; the Application answers as Argo CD's own API too."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, dict[str, Any]] = {}
        self.pods: list[dict[str, Any]] = []
        self.script: list[dict[str, Any]] = []
        """States of the Application to show one after the other; the last one stays."""

        self.read_only = False

    def application(self, **status: Any) -> None:
        """Add a state of the Application `churn`."""
        self.script.append({"kind": "Application", "metadata": {"name": "churn"}, "status": status})

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(status=401, body={"kind": "Status", "code": 401})
        if request.path.endswith("/applications/churn"):
            return self._application(request)
        if request.path.endswith("/pods"):
            wanted = dict(part.split("=") for part in request.query["labelSelector"].split(","))
            items = [p for p in self.pods if wanted.items() <= p["metadata"]["labels"].items()]
            return Reply(body={"kind": "PodList", "items": items})
        found = self.objects.get(request.path)
        return Reply(body=found) if found else Reply(status=404, body={"kind": "Status", "code": 404})

    def _application(self, request: Request) -> Reply:
        if request.method == "PATCH" and self.read_only:
            return Reply(status=403, body={"kind": "Status", "code": 403})
        if request.method == "PATCH" and request.headers["content-type"] != "application/merge-patch+json":
            return Reply(status=415, body={"kind": "Status", "code": 415})
        state = self.script[0]
        if request.method == "GET" and len(self.script) > 1 and "refresh" not in request.query:
            self.script.pop(0)
        return Reply(body=state)
