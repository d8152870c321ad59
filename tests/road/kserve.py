"""KServe's own controller on the bench's API server, in its mode that needs neither Knative nor Istio."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Self

import yaml

from tests.road.control_plane import ControlPlane
from tests.road.processes import Crew, free_port, listens
from tests.tools import tool

NAMESPACE = "kserve"
INFERENCE_SERVICE = "inferenceservices.serving.kserve.io"


class KServe:
    """Turns an InferenceService into a Deployment, a Service and an autoscaler."""

    def __init__(self, folder: Path, *, cluster: ControlPlane) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.cluster = cluster
        self.crew = Crew(folder / "logs")

    def __enter__(self) -> Self:
        try:
            self._install_objects()
            self._start()
        except BaseException:
            self.crew.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.stop()

    def _install_objects(self) -> None:
        kubernetes = self.cluster.kubernetes
        kubernetes.apply_files(sorted(tool("kserve-crds").glob("serving.*.yaml")))
        kubernetes.established(INFERENCE_SERVICE)
        kubernetes.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        config = yaml.safe_load(tool("kserve-config").read_text())
        # KServe's own settings, but without Knative and Istio, which are not here.
        without = {"disableIngressCreation": True, "disableIstioVirtualHost": True}
        config["data"]["ingress"] = json.dumps({**json.loads(config["data"]["ingress"]), **without})
        config["data"]["deploy"] = json.dumps({"defaultDeploymentMode": "Standard"})
        kubernetes.apply(config)

    def _start(self) -> None:
        served = self.cluster.authority.issue("kserve-webhook")
        certificates = self.folder / "k8s-webhook-server" / "serving-certs"
        certificates.mkdir(parents=True)
        shutil.copy(served.key, certificates / "tls.key")
        shutil.copy(served.certificate, certificates / "tls.crt")
        probe = free_port()
        self.crew.start(
            "kserve-manager",
            [
                *(tool("kserve-manager"), f"--kubeconfig={self.cluster.kubeconfig}", "--metrics-addr=0"),
                *(f"--health-probe-addr=127.0.0.1:{probe}", f"--webhook-port={free_port()}"),
            ],
            env={"POD_NAMESPACE": NAMESPACE, "TMPDIR": str(self.folder)},  # where it looks for certificates
        )
        self.crew.ready("kserve-manager", lambda: listens(probe))
