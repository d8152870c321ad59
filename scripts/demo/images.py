"""What this machine has for building the model's image and pushing it, and what it lacks."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gatepost.errors import GatepostError
from gatepost.gates.image.build import builder

BASE = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)", re.MULTILINE | re.IGNORECASE)
REGISTRIES = ("docker-registry", "registry")
"""What distributions and its own project call the same program."""

PULLS = {
    "buildx": ("docker", "buildx", "imagetools", "inspect", "--raw"),
    "buildah": ("buildah", "pull", "--quiet"),
}
"""How each builder finds out whether it can have a base image."""

DATABASE = ("trivy", "image", "--quiet", "--download-db-only")
PROBE_S = 120
READY_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What this machine has for building images."""

    lacks_build: str = ""
    """Why no image can be built, in words; empty when one can."""

    lacks_push: str = ""
    """Why an image that was built cannot be pushed; empty when it can."""

    @classmethod
    def look(cls, dockerfile: Path) -> Self:
        """Try what the gate needs: a builder, the base image, Trivy with its database, a registry."""
        if why := _why_no_build(dockerfile):
            return cls(lacks_build=why, lacks_push=why)
        missing = [] if shutil.which("skopeo") else ["skopeo"]
        missing += [] if registry_program() else [REGISTRIES[0]]
        return cls(lacks_push=f"{' and '.join(missing)} not installed" if missing else "")


class Registry:
    """A real image registry on this machine, for as long as the story is told."""

    def __init__(self, folder: Path) -> None:
        program = registry_program()
        if program is None:
            raise FileNotFoundError(REGISTRIES[0])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        folder.mkdir()
        storage = {"filesystem": {"rootdirectory": str(folder / "images")}}
        config = {"version": "0.1", "storage": storage, "http": {"addr": self.host}}
        (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "serve", str(folder / "config.yml")], stdout=log, stderr=subprocess.STDOUT
            )
        self._wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + READY_S
        while True:
            try:
                urllib.request.urlopen(f"http://{self.host}/v2/", timeout=2).close()
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    self._process.kill()
                    raise RuntimeError("the image registry did not start") from error
                time.sleep(0.1)
            else:
                return


def registry_program() -> str | None:
    """Return the path of a registry's program."""
    return next((path for name in REGISTRIES if (path := shutil.which(name))), None)


def _why_no_build(dockerfile: Path) -> str:
    try:
        name = builder(dict(os.environ))
    except GatepostError as error:
        return f"no builder is here ({error.what})"
    if not shutil.which("trivy"):
        return "trivy is not installed, and an image that nobody looked into does not pass"
    for base in BASE.findall(dockerfile.read_text("utf-8")):
        if not _works(*PULLS[name], base):
            return f"its base image {base} cannot be pulled here"
    if os.environ.get("TRIVY_SKIP_DB_UPDATE", "") not in {"true", "1"} and not _works(*DATABASE):
        return "trivy cannot fetch its database of vulnerabilities here"
    return ""


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=PROBE_S).returncode == 0
    except subprocess.TimeoutExpired:
        return False
