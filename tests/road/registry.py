"""A real image registry on this machine."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, Self

from tests.road.processes import Crew, free_port, listens
from tests.tools import tool


class Registry:
    """Keeps images; a digest is what it computed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.crew = Crew(folder / "logs")

    def __enter__(self) -> Self:
        config = {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "images")}},
            "http": {"addr": self.host},
        }
        (self.folder / "config.yml").write_text(json.dumps(config))
        self.crew.start("registry", [tool("docker-registry"), "serve", self.folder / "config.yml"])
        self.crew.ready("registry", lambda: listens(self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.stop()

    def names(self) -> list[str]:
        """Return what has been pushed at all."""
        return list(self._read("_catalog")["repositories"])

    def tags(self, name: str) -> list[str]:
        """Return what has been pushed under a name."""
        return list(self._read(f"{name}/tags/list")["tags"] or [])

    def digest(self, name: str, tag: str) -> str:
        """Return the digest of a tag, as the registry computed it."""
        with self._open(f"{name}/manifests/{tag}") as answer:
            return str(answer.headers["Docker-Content-Digest"])

    def labels(self, name: str, tag: str) -> dict[str, str]:
        """Return the labels of an image."""
        config = self._read(f"{name}/manifests/{tag}")["config"]["digest"]
        return dict(self._read(f"{name}/blobs/{config}")["config"]["Labels"])

    def _open(self, path: str) -> HTTPResponse:
        accepts = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
        request = urllib.request.Request(f"http://{self.host}/v2/{path}", headers=accepts)
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=10)
        return answer

    def _read(self, path: str) -> dict[str, Any]:
        with self._open(path) as answer:
            return dict(json.load(answer))
