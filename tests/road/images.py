"""What building an image takes where none can be pulled: a base image, and a mirror that answers for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tests.road.registry import Registry
from tests.tools import tool

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Inside the image pip trusts whom this machine trusts, and asks the index that this machine asks."""

PYTHON_BASE = "library/python:3.11-slim"
"""What the sample repository's Dockerfile builds on, as Docker Hub calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One flaw that Trivy is to know; the fields are those that plant-trivy-db reads."""

    id: str
    package: str
    fixed: str
    """The first version without the flaw."""
    severity: str = "CRITICAL"
    title: str = "Planted by the bench"
    bucket: str = "pip::ghsa"
    """Or `debian 12` for a package of the system."""
    source: str = "ghsa"
    """Or `debian`."""


NEVER_SHIPPED = Advisory(id="CVE-2999-0001", package="left-out", fixed="1.0")
"""A database without any advisory is no database."""


class Builder:
    """Buildah, skopeo and Trivy, set up by nothing but environment variables, as a runner would be."""

    def __init__(self, folder: Path, *, registry: Registry) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.registry = registry
        self.env = {
            "BUILDAH_ISOLATION": "chroot",
            "STORAGE_DRIVER": "vfs",
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "TRIVY_CACHE_DIR": str(folder / "trivy"),
            "TRIVY_SKIP_DB_UPDATE": "true",
            "TRIVY_SKIP_JAVA_DB_UPDATE": "true",
            "TRIVY_OFFLINE_SCAN": "true",
            "TRIVY_SKIP_VERSION_CHECK": "true",
        }

    def __enter__(self) -> Self:
        self._write_settings()
        self.know(NEVER_SHIPPED)
        self._push_base()
        return self

    def __exit__(self, *_: object) -> None:
        for large in ("storage", "base"):  # logs are kept after a run, gigabytes are not
            shutil.rmtree(self.folder / large, ignore_errors=True)

    def know(self, *advisories: Advisory) -> None:
        """Let Trivy know these advisories and no others."""
        database = self.folder / "trivy" / "db"
        database.mkdir(parents=True, exist_ok=True)
        (database / "trivy.db").unlink(missing_ok=True)
        subprocess.run(
            [tool("plant-trivy-db"), database],
            input=json.dumps([asdict(advisory) for advisory in advisories]),
            text=True,
            check=True,
        )

    def scratch(self, name: str, *, content: str) -> str:
        """Push an image that holds one file and return its pinned reference."""
        context = self.folder / "scratch"
        context.mkdir(exist_ok=True)
        (context / "content").write_text(content)
        (context / "Dockerfile").write_text("FROM scratch\nCOPY content /content\n")
        return self._build(context, name)

    def _push_base(self) -> None:
        """Give a small Debian with its Python the name that a Dockerfile writes."""
        context = self.folder / "base"
        context.mkdir()
        shutil.copy(tool("python-rootfs"), context / "rootfs.tar")
        shutil.copy(AUTHORITIES, context / "authorities.crt")
        settings = {
            name: os.environ[name] for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL") if name in os.environ
        }
        lines = ["FROM scratch", "ADD rootfs.tar /", f"COPY authorities.crt {AUTHORITIES}"]
        lines += [f"ENV {key}={value}" for key, value in {"PIP_CERT": AUTHORITIES, **settings}.items()]
        (context / "Dockerfile").write_text("\n".join(lines) + "\n")
        self._build(context, PYTHON_BASE)

    def _build(self, context: Path, name: str) -> str:
        target = f"{self.registry.host}/{name if ':' in name else name + ':bench'}"
        digest = self.folder / "digest"
        self._run("buildah", "build", "--quiet", "--tag", target, str(context))
        self._run("buildah", "push", "--quiet", "--tls-verify=false", f"--digestfile={digest}", target)
        self._run("buildah", "rmi", target)
        return f"{target.rpartition(':')[0]}@{digest.read_text().strip()}"

    def _run(self, command: str, *words: str) -> None:
        done = subprocess.run(
            [tool(command), *words],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command} {' '.join(words)}:\n{done.stderr[-2000:]}"

    def _write_settings(self) -> None:
        store = {"driver": "vfs", "graphroot": self.folder / "storage", "runroot": self.folder / "run"}
        lines = ["[storage]", *(f'{key} = "{value}"' for key, value in store.items())]
        (self.folder / "storage.conf").write_text("\n".join(lines) + "\n")
        here = f'location = "{self.registry.host}"\ninsecure = true\n'
        (self.folder / "registries.conf").write_text(
            f'[[registry]]\n{here}[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\n{here}'
        )
