"""The sample manifests repository on a bare git server, deployed by Argo CD the way its README says."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.road.argocd import ArgoCD
from tests.road.control_plane import ControlPlane
from tests.road.kserve import INFERENCE_SERVICE
from tests.road.kubernetes import Object
from tests.servers.manifests import ManifestsServer, git

SAMPLE = Path(__file__).resolve().parents[2] / "infra-manifests"
GATEPOST = Path(sys.executable).with_name("gatepost")
MODEL = "churn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """How `gatepost handoff` ended."""

    exit_code: int
    said: str


class Platform:
    """The manifests repository, and what Argo CD and KServe make of it."""

    def __init__(self, folder: Path, *, repository: str, cluster: ControlPlane, argocd: ArgoCD) -> None:
        folder.mkdir()
        self.folder = folder
        self.repository = repository
        self.cluster = cluster
        self.argocd = argocd
        address = f"file://{folder / 'infra-manifests.git'}"
        self.manifests = ManifestsServer(folder, sample(address=address, image=repository))
        self.source = folder / "source"
        git(folder, "init", "-q", "-b", "main", str(self.source))
        self._commits = 0

    def deploy(self) -> None:
        """Apply the one file that is applied by hand: Argo CD does the rest."""
        root = yaml.safe_load(self.manifests.show("argocd/root.yaml"))
        self.cluster.kubernetes.apply(root)

    def source_commit(self) -> str:
        """Commit to the source repository and return the commit's id."""
        self._commits += 1
        (self.source / "train.py").write_text(f"version = {self._commits}\n")
        git(self.source, "add", "-A")
        git(self.source, "commit", "-qm", f"version {self._commits}", at=int(time.time()) + self._commits)
        return git(self.source, "rev-parse", "HEAD").strip()

    def handoff(self, *words: str, environment: str = "staging") -> Handoff:
        """Run `gatepost handoff` and let it wait for the cluster."""
        command = [GATEPOST, "handoff", f"--manifests={self.manifests.url}", "--insecure-registry"]
        command += [f"--environment={environment}", f"--argocd-application={MODEL}-{environment}"]
        command += [
            f"--kubeconfig={self.cluster.kubeconfig}",
            "--wait=150",
            f"--source={self.source}",
            *words,
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return Handoff(exit_code=done.returncode, said=done.stdout + done.stderr)

    def deliver(self, image: str) -> Handoff:
        """Hand a version of a new source commit off to staging."""
        return self.handoff(f"--image={image}", f"--source-commit={self.source_commit()}")

    def pods(self, environment: str = "staging") -> list[Object]:
        """Return the model's pods."""
        selector = f"serving.kserve.io/inferenceservice={MODEL}"
        return self.cluster.kubernetes.all("pods", namespace=f"models-{environment}", selector=selector)

    def running(self, environment: str = "staging") -> set[str]:
        """Return the images of the model's pods, once all of them are ready."""

        def settled() -> list[Object]:
            pods = self.pods(environment)
            ready = [
                pod for pod in pods if all(c["ready"] for c in pod["status"].get("containerStatuses", []))
            ]
            return ready if len(ready) == len(pods) else []

        pods = self.cluster.kubernetes.wait(settled, what=f"the pods in {environment} are ready")
        return {container["image"] for pod in pods for container in pod["spec"]["containers"]}

    def becomes(self, image: str, environment: str = "staging") -> None:
        """Wait until every pod runs `image` and is ready; old pods may take a moment to leave."""

        def settled() -> bool:
            pods = self.pods(environment)
            images = {container["image"] for pod in pods for container in pod["spec"]["containers"]}
            ready = all(c["ready"] for pod in pods for c in pod["status"].get("containerStatuses", []))
            return images == {image} and ready

        self.cluster.kubernetes.wait(settled, what=f"{environment} runs nothing but {image}")

    def service(self, environment: str = "staging") -> Object:
        """Return the InferenceService."""
        found = self.cluster.kubernetes.get(INFERENCE_SERVICE, MODEL, namespace=f"models-{environment}")
        assert found is not None, f"there is no InferenceService {MODEL} in {environment}"
        return found

    def synced(self, environment: str = "staging") -> str:
        """Return the commit that Argo CD has synced."""
        return str(self.argocd.application(f"{MODEL}-{environment}")["status"]["sync"]["revision"])


def sample(*, address: str, image: str) -> dict[str, str | bytes]:
    """Return the sample's files with one's own addresses in it, as the first thing a user does with it."""
    own = {"https://github.com/acme/infra-manifests.git": address, "ghcr.io/acme/churn": image}
    files: dict[str, str | bytes] = {}
    for path in sorted(SAMPLE.rglob("*")):
        if path.is_file():
            text = path.read_text("utf-8")
            for sampled, real in own.items():
                text = text.replace(sampled, real)
            files[path.relative_to(SAMPLE).as_posix()] = text
    assert "argocd/root.yaml" in files, f"there is no sample in {SAMPLE}"
    return files
