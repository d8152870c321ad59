"""From the sample model repository to an image in the registry whose server answers a prediction."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.road.images import NEVER_SHIPPED, Advisory, Builder
from tests.road.manifests import GATEPOST
from tests.road.processes import Crew, free_port, listens
from tests.road.registry import Registry
from tests.servers.manifests import git
from tests.tools import path_with, tool

UV = os.environ.get("UV", "uv")
"""`uv run` says where it is; it need not be on the PATH."""

SAMPLE = Path(__file__).resolve().parents[2] / "model-source"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commit of the sample with its model trained, as the jobs before `image` leave it."""
    folder = tmp_path_factory.mktemp("model-source") / "repository"
    skip = shutil.ignore_patterns("out", ".venv", "__pycache__", ".pytest_cache")
    shutil.copytree(SAMPLE, folder, ignore=skip)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Add the model")
    environment = folder.parent / "venv"
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, str(environment)], check=True)
    install = [UV, "pip", "install", "-q", "--python", str(environment), "--requirement", "requirements.txt"]
    subprocess.run(install, cwd=folder, check=True)
    subprocess.run([environment / "bin" / "python", "-m", "churn.train"], cwd=folder, check=True)
    return folder


def gatepost_image(checkout: Path, builder: Builder, registry: Registry) -> tuple[int, str, dict[str, str]]:
    """Run the gate; return its exit code, its words and its outputs."""
    outputs = checkout.parent / "outputs"
    outputs.unlink(missing_ok=True)
    command = [GATEPOST, "image", str(checkout), f"--image={registry.host}/acme/served"]
    command += [f"--sbom={checkout.parent / 'sbom.json'}"]
    env = {**os.environ, **builder.env, "GITHUB_OUTPUT": str(outputs)}
    env["PATH"] = path_with("buildah", "skopeo", "trivy")
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    pairs = [line.partition("=") for line in outputs.read_text().splitlines()] if outputs.exists() else []
    return done.returncode, done.stdout + done.stderr, {key: value for key, _, value in pairs}


def test_an_image_with_a_critical_flaw_is_never_pushed(
    checkout: Path, builder: Builder, registry: Registry
) -> None:
    builder.know(Advisory(id="CVE-2999-0010", package="scikit-learn", fixed="99.0", title="Planted"))

    exit_code, said, _ = gatepost_image(checkout, builder, registry)

    assert exit_code == 1, said
    assert "CVE-2999-0010" in said
    assert "scikit-learn" in said
    assert "acme/served" not in registry.names()


def test_the_users_dockerfile_becomes_an_image_with_a_digest(
    checkout: Path, builder: Builder, registry: Registry
) -> None:
    builder.know(NEVER_SHIPPED)

    exit_code, said, _ = gatepost_image(checkout, builder, registry)

    assert exit_code == 0, said
    commit = git(checkout, "rev-parse", "HEAD").strip()
    assert registry.tags("acme/served") == [commit[:12]]
    labels = registry.labels("acme/served", commit[:12])
    assert labels["org.opencontainers.image.revision"] == commit
    assert registry.digest("acme/served", commit[:12]) in said
    bill = json.loads((checkout.parent / "sbom.json").read_text())
    assert {"scikit-learn", "fastapi"} <= {component["name"] for component in bill["components"]}


@pytest.fixture
def server(builder: Builder, registry: Registry, bench: Path) -> Iterator[str]:
    """The image's own server, run from the registry."""
    env, port = {**os.environ, **builder.env}, free_port()
    image = f"docker://{registry.host}/acme/served:{registry.tags('acme/served')[0]}"
    buildah = tool("buildah")
    pulled = subprocess.run(
        [buildah, "from", "-q", image], env=env, check=True, capture_output=True, text=True
    )
    name = pulled.stdout.strip()
    with Crew(bench / "server") as crew:
        command = ["python", "-m", "churn.serve"]  # buildah run does not read the image's CMD
        run = [buildah, "run", "--isolation=chroot", f"--env=PORT={port}", name, "--", *command]
        crew.start("server", run, env=builder.env)
        crew.ready("server", lambda: listens(port), within_s=120)
        yield f"http://127.0.0.1:{port}"
    subprocess.run([buildah, "rm", name], env=env, check=True, capture_output=True)


def test_the_image_answers_a_prediction_over_the_open_inference_protocol(server: str, checkout: Path) -> None:
    with urllib.request.urlopen(f"{server}/v2/models/churn", timeout=30) as answer:
        described = json.load(answer)
    row = dict(
        zip(*(line.split(",") for line in (checkout / "data/test.csv").read_text().split()[:2]), strict=True)
    )
    tensors = [
        {"name": tensor["name"], "datatype": tensor["datatype"], "shape": [1], "data": [value(row, tensor)]}
        for tensor in described["inputs"]
    ]

    request = urllib.request.Request(
        f"{server}/v2/models/churn/infer",
        data=json.dumps({"id": "1", "inputs": tensors}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)

    assert found["model_name"] == "churn"
    (probability,) = found["outputs"]
    assert probability["name"] == "probability"
    assert [0 < number < 1 for number in probability["data"]] == [True]


def value(row: dict[str, str], tensor: dict[str, str]) -> str | float:
    """Return a column of the row as the tensor's type."""
    return row[tensor["name"]] if tensor["datatype"] == "BYTES" else float(row[tensor["name"]])
