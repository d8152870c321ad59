"""A manifests repository on a bare git server, and the Argo CD Application that deploys it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.road.argocd import ArgoCD, named
from tests.road.control_plane import ControlPlane
from tests.road.kserve import INFERENCE_SERVICE
from tests.road.kubernetes import Object
from tests.servers.manifests import ManifestsServer, git

MODELS = "models"
GATEPOST = Path(sys.executable).with_name("gatepost")

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: {name}
  annotations:
    serving.kserve.io/deploymentMode: Standard
spec:
  predictor:
    minReplicas: 1
    maxReplicas: 2
    containers:
      - name: kserve-container
        image: {image} # written by gatepost handoff
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """How `gatepost handoff` ended."""

    exit_code: int
    said: str


class Delivery:
    """One model from its source commits to its pods: what a test of the rollout walks through."""

    def __init__(self, folder: Path, *, name: str, image: str, cluster: ControlPlane, argocd: ArgoCD) -> None:
        folder.mkdir()
        self.folder = folder
        self.name = name
        self.cluster = cluster
        self.argocd = argocd
        service = SERVICE.format(name=name, image=image)
        self.manifests = ManifestsServer(folder, {f"{name}/service.yaml": service})
        self.selector = f"serving.kserve.io/inferenceservice={name}"
        self.source = folder / "source"
        git(folder, "init", "-q", "-b", "main", str(self.source))
        self._commits = 0

    def watch(self) -> None:
        """Let Argo CD deploy the manifests repository, as a platform team would set it up."""
        automated = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}
        spec = {
            "project": "default",
            "source": {"repoURL": self.manifests.url, "path": self.name, "targetRevision": "main"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": MODELS},
            "syncPolicy": automated,
        }
        self.cluster.kubernetes.apply(named("argoproj.io/v1alpha1", "Application", self.name, spec=spec))

    def source_commit(self) -> str:
        """Commit to the source repository and return the commit's id."""
        self._commits += 1
        (self.source / "train.py").write_text(f"version = {self._commits}\n")
        git(self.source, "add", "-A")
        git(self.source, "commit", "-qm", f"version {self._commits}", at=1_760_000_000 + 60 * self._commits)
        return git(self.source, "rev-parse", "HEAD").strip()

    def handoff(self, *words: str) -> Handoff:
        """Run `gatepost handoff` and let it wait for the cluster."""
        command = [GATEPOST, "handoff", f"--manifests={self.manifests.url}", "--insecure-registry"]
        command += [f"--name={self.name}", f"--argocd-application={self.name}", f"--source={self.source}"]
        command += [f"--kubeconfig={self.cluster.kubeconfig}", "--wait=150", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return Handoff(exit_code=done.returncode, said=done.stdout + done.stderr)

    def deliver(self, image: str) -> Handoff:
        """Hand a version of a new source commit off."""
        return self.handoff(f"--image={image}", f"--source-commit={self.source_commit()}")

    def running(self) -> list[str]:
        """Return the images of the model's pods that are ready, once no other pod is left."""

        def settled() -> list[Object]:
            pods = self.cluster.kubernetes.all("pods", namespace=MODELS, selector=self.selector)
            ready = [
                pod for pod in pods if all(c["ready"] for c in pod["status"].get("containerStatuses", []))
            ]
            return ready if len(ready) == len(pods) else []

        pods = self.cluster.kubernetes.wait(settled, what=f"the pods of {self.name} are ready")
        return sorted({container["image"] for pod in pods for container in pod["spec"]["containers"]})

    def service(self) -> Object:
        """Return the InferenceService."""
        found = self.cluster.kubernetes.get(INFERENCE_SERVICE, self.name, namespace=MODELS)
        assert found is not None, f"there is no InferenceService {self.name}"
        return found

    def application_sync(self) -> str:
        """Return the commit that Argo CD has synced."""
        return str(self.argocd.application(self.name)["status"]["sync"]["revision"])
