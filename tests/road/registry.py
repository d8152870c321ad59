"""A real image registry on this machine."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Self

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

    def tags(self, name: str) -> list[str]:
        """Return what has been pushed under a name."""
        with urllib.request.urlopen(f"http://{self.host}/v2/{name}/tags/list", timeout=10) as answer:
            return list(json.load(answer)["tags"] or [])
