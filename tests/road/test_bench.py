"""The bench itself: what it starts answers as it would anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path

from tests.road.control_plane import ControlPlane
from tests.road.crashes import crash
from tests.road.images import Advisory, Builder
from tests.road.kubernetes import Object
from tests.road.registry import Registry
from tests.road.tracking import Tracking
from tests.tools import tool


def deployment(name: str, *, image: str) -> Object:
    labels = {"app": name}
    container = {"name": "main", "image": image}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def test_a_deployment_becomes_a_running_pod(cluster: ControlPlane) -> None:
    cluster.kubernetes.apply(deployment("steady", image="127.0.0.1/steady@sha256:0"))

    def running() -> list[Object]:
        pods = cluster.kubernetes.all("pods", selector="app=steady")
        return [pod for pod in pods if pod["status"].get("phase") == "Running"]

    assert len(cluster.kubernetes.wait(running, what="the pod runs")) == 1


def test_an_image_that_crashes_says_why(cluster: ControlPlane) -> None:
    image = "127.0.0.1/broken@sha256:0"
    crash(cluster.kubernetes, image, message='KeyError: "model" {{ not a template }}', exit_code=3)
    cluster.kubernetes.apply(deployment("broken", image=image))

    def waiting() -> Object | None:
        pods = cluster.kubernetes.all("pods", selector="app=broken")
        states: list[Object] = [state for pod in pods for state in pod["status"].get("containerStatuses", [])]
        return next((state for state in states if state.get("lastState")), None)

    state = cluster.kubernetes.wait(waiting, what="the container has ended")
    assert state["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert state["lastState"]["terminated"]["message"] == 'KeyError: "model" {{ not a template }}'
    assert state["lastState"]["terminated"]["exitCode"] == 3


def test_a_dockerfile_builds_on_the_base_it_names_and_the_digest_is_the_registrys(
    builder: Builder, registry: Registry, tmp_path: Path
) -> None:
    steps = "RUN pip install --no-cache-dir wheel==0.45.1 && useradd serve\n"
    (tmp_path / "Dockerfile").write_text(f"FROM docker.io/library/python:3.11-slim\n{steps}")
    layout, digest = tmp_path / "layout", tmp_path / "digest"
    env = {**os.environ, **builder.env}
    target = f"docker://{registry.host}/acme/base-test:1"

    subprocess.run(
        [tool("buildah"), "build", "-q", "--timestamp=0", f"--tag=oci:{layout}", str(tmp_path)],
        env=env,
        check=True,
    )
    copy = [tool("skopeo"), "copy", "-q", "--dest-tls-verify=false", f"--digestfile={digest}"]
    subprocess.run([*copy, f"oci:{layout}", target], env=env, check=True)

    pinned = f"http://{registry.host}/v2/acme/base-test/manifests/{digest.read_text().strip()}"
    accepts = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
    with urllib.request.urlopen(urllib.request.Request(pinned, headers=accepts), timeout=10) as answer:
        assert answer.headers["Docker-Content-Digest"] == digest.read_text().strip()
    builder.know(Advisory(id="CVE-2999-0002", package="wheel", fixed="99.0", title="Planted in wheel"))
    trivy = [tool("trivy"), "image", "--quiet", "--format=json", "--scanners=vuln", f"--input={layout}"]
    looked = subprocess.run(trivy, env=env, check=False, capture_output=True, text=True)
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    flaws = [flaw for result in found["Results"] for flaw in result.get("Vulnerabilities", [])]
    assert [(flaw["VulnerabilityID"], flaw["Severity"]) for flaw in flaws] == [("CVE-2999-0002", "CRITICAL")]


def test_trivy_knows_flaws_of_the_systems_packages(builder: Builder) -> None:
    flaw = Advisory(
        id="CVE-2999-0003",
        package="openssl",
        fixed="99.0",
        severity="HIGH",
        bucket="debian 12",
        source="debian",
    )

    builder.know(flaw)

    database = builder.folder / "trivy" / "db"
    assert json.loads((database / "metadata.json").read_text())["Version"] == 2
    assert b"CVE-2999-0003" in (database / "trivy.db").read_bytes()


def test_mlflow_keeps_runs_across_a_crash(tracking: Tracking) -> None:
    def post(path: str, body: Object) -> Object:
        request = urllib.request.Request(
            f"{tracking.uri}/api/2.0/mlflow/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))

    created = post("experiments/create", {"name": "crash"})["experiment_id"]
    tracking.die()
    tracking.start()

    found = post("experiments/search", {"max_results": 10})["experiments"]
    assert created in [experiment["experiment_id"] for experiment in found]
