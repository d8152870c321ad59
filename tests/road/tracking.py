"""An MLflow server with PostgreSQL behind it, as a team would run one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Self

from tests.road.processes import Crew, free_port
from tests.tools import tool

UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


class Tracking:
    """Tracks runs and keeps the model registry."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.crew = Crew(folder / "logs")
        self.port, self._database_port = free_port(), free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        # Not inside the bench: its folders are closed to other users.
        self._data = Path(tempfile.mkdtemp(prefix="road-postgresql-"))

    def __enter__(self) -> Self:
        try:
            self._start_database()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def start(self) -> None:
        """Start the server, for the first time or after `die`."""
        database = f"postgresql+psycopg2://tracking@127.0.0.1:{self._database_port}/postgres"
        artifacts = self.folder / "artifacts"
        self.crew.start(
            "mlflow",
            [
                *(sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={self.port}"),
                *(f"--backend-store-uri={database}", f"--artifacts-destination={artifacts}"),
                "--workers=1",
            ],
            env={"MLFLOW_DISABLE_TELEMETRY": "true"},
        )
        self.crew.ready("mlflow", lambda: healthy(self.uri), within_s=120)

    def die(self) -> None:
        """Kill the server, as an outage does; its data stays."""
        self.crew.kill("mlflow")

    def _start_database(self) -> None:
        if self._user:
            shutil.chown(self._data, self._user)
        init = [
            tool("initdb"),
            "-D",
            self._data / "data",
            "-U",
            "tracking",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        subprocess.run(init, user=self._user, cwd=self._data, check=True, capture_output=True)
        self.crew.start(
            "postgresql",
            [
                *(tool("postgres"), "-D", self._data / "data", "-p", str(self._database_port)),
                *("-h", "127.0.0.1", "-k", self._data, "-c", "fsync=off"),
            ],
            user=self._user,
            cwd=self._data,
        )
        self.crew.ready("postgresql", self._accepts)

    def _accepts(self) -> bool:
        socket = self._data / f".s.PGSQL.{self._database_port}"
        log = (self.crew.folder / "postgresql.log").read_text(errors="replace")
        return socket.exists() and "ready to accept connections" in log


def healthy(uri: str) -> bool:
    """Say whether MLflow answers."""
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
