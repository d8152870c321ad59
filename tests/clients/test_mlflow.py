"""A real store on SQLite, and a real server that dies half-way: what the registry holds afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.clients.mlflow import CHALLENGER, CHAMPION, NewRun, Registry
from gatepost.errors import ConfigError, UpstreamError
from gatepost.flows._registry import open_registry

MODEL = "churn"


def new_run(folder: Path, *, accuracy: float = 0.9, files: int = 1, model: str = MODEL) -> NewRun:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "model").mkdir(parents=True)
    for number in range(files):
        (folder / "model" / f"weights-{number:04}.txt").write_text(f"{number} {accuracy}")
    (folder / "predictions.csv").write_text("id,label,prediction\n1,1,1\n")
    return NewRun(
        model=model,
        metrics={"accuracy": accuracy},
        params={"C": "1.0"},
        tags={"commit": "c" * 40},
        model_dir=folder / "model",
        files=[folder / "predictions.csv"],
    )


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return open_registry(tmp_path, {})


def test_each_registration_is_a_new_version_and_the_challenger(registry, tmp_path):
    first = registry.register(new_run(tmp_path / "new"))
    second = registry.register(new_run(tmp_path / "new", accuracy=0.95))

    assert (first.number, second.number) == ("1", "2")
    assert registry.alias(MODEL, CHALLENGER) == second
    assert second.tags["commit"] == "c" * 40
    assert [(v.number, m["accuracy"]) for v, m in registry.history(MODEL, last=5)] == [
        ("1", 0.9),
        ("2", 0.95),
    ]


def test_history_keeps_the_newest(registry, tmp_path):
    for accuracy in (0.7, 0.8, 0.9):
        registry.register(new_run(tmp_path / "new", accuracy=accuracy))

    assert [version.number for version, _ in registry.history(MODEL, last=2)] == ["2", "3"]


def test_what_was_logged_comes_back_as_it_was(registry, tmp_path):
    version = registry.register(new_run(tmp_path / "new"))

    weights = registry.fetch(version.run_id, "model/weights-0000.txt", into=tmp_path)
    described = registry.fetch(version.run_id, "model/MLmodel", into=tmp_path)

    assert weights.read_text() == "0 0.9"
    assert version.run_id in described.read_text()
    assert "python_function" not in described.read_text(), "nothing says how to load what is untrusted"


def test_nothing_is_found_where_nothing_is(registry, tmp_path):
    assert registry.alias(MODEL, CHAMPION) is None
    assert registry.version(MODEL, "1") is None
    registry.register(new_run(tmp_path / "new"))
    assert registry.alias(MODEL, CHAMPION) is None
    assert registry.version(MODEL, "2") is None


def test_an_alias_moves_and_a_decision_stays_with_its_version(registry, tmp_path):
    first = registry.register(new_run(tmp_path / "new"))
    second = registry.register(new_run(tmp_path / "new"))

    registry.point(first, CHAMPION)
    registry.point(second, CHAMPION)
    registry.record(first, {"gatepost.decision": "keep"})

    champion, kept = registry.alias(MODEL, CHAMPION), registry.version(MODEL, "1")
    assert champion
    assert champion.number == "2"
    assert kept
    assert kept.tags["gatepost.decision"] == "keep"


def test_a_run_of_the_training_itself_is_used(registry, tmp_path):
    own = registry.register(new_run(tmp_path / "new")).run_id
    run = new_run(tmp_path / "new")

    again = registry.register(
        NewRun(**{name: getattr(run, name) for name in run.__slots__} | {"run_id": own})
    )

    assert again.run_id == own


def test_a_missing_model_folder_leaves_no_version(registry, tmp_path):
    run = new_run(tmp_path / "new")
    shutil.rmtree(run.model_dir)

    with pytest.raises(ConfigError, match="there is no file in"):
        registry.register(run)

    assert registry.history(MODEL, last=5) == []
    assert registry.alias(MODEL, CHALLENGER) is None


def test_a_password_in_the_address_is_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    registry = Registry(f"http://dana:hunter2-secret@127.0.0.1:{free_port()}")

    with pytest.raises(UpstreamError) as caught:
        registry.register(new_run(tmp_path / "new"))

    assert "hunter2" not in str(caught.value)
    assert "MLFLOW_TRACKING_URI" in caught.value.fix


class Server:
    """`mlflow server` on SQLite and a folder; its data outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.artifacts = folder / "artifacts"

    def start(self) -> None:
        store = f"sqlite:///{self.folder / 'server.db'}"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={self.port}"),
                *(f"--backend-store-uri={store}", f"--artifacts-destination={self.artifacts}", "--workers=1"),
            ],
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not self._answers():
            assert self.process.poll() is None, "mlflow server ended"
            time.sleep(0.2)

    def die(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def die_at_the_first_file(self) -> threading.Thread:
        def watch() -> None:
            while not any(path.is_file() for path in self.artifacts.rglob("*")):
                time.sleep(0.01)
            self.die()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        return thread

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    made.start()
    yield made
    if made.process.poll() is None:
        made.die()


def test_a_server_that_dies_half_way_is_said_and_a_second_run_continues(server, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    registry = open_registry(tmp_path, os.environ)
    killer = server.die_at_the_first_file()

    with pytest.raises(UpstreamError) as caught:
        registry.register(new_run(tmp_path / "new", files=400))
    killer.join(timeout=60)
    server.start()
    halfway = registry.history(MODEL, last=5)
    version = registry.register(new_run(tmp_path / "new"))

    assert server.uri in caught.value.what
    assert "run the gate again" in caught.value.fix
    assert halfway == [], "a half-logged run is no version"
    assert version.number == "1"
    assert registry.alias(MODEL, CHALLENGER) == version
    assert registry.fetch(version.run_id, "model/weights-0000.txt", into=tmp_path).read_text() == "0 0.9"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
