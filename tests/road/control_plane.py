"""A real Kubernetes API with its controllers and scheduler; kwok plays the nodes and what runs on them."""

from __future__ import annotations

import json
import secrets
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

import yaml

from tests.road.certificates import Authority, service_account_keys
from tests.road.kubernetes import Kubernetes, condition
from tests.road.processes import Crew, free_port
from tests.tools import tool

STAGES = ("node/fast", "node/heartbeat-with-lease", "pod/general")
"""How kwok lets nodes and pods live: these of its own, without the delays it adds by chance."""


class ControlPlane:
    """etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok on ports of this machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.crew = Crew(folder / "logs")
        self.authority = Authority(folder)
        self.server = f"https://127.0.0.1:{free_port()}"
        self.token = secrets.token_hex(16)
        self.kubeconfig = folder / "kubeconfig"
        self.kubernetes = Kubernetes(self.kubeconfig)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.crew.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.stop()

    def _start(self) -> None:
        self._write_kubeconfig()
        self._start_api(etcd=self._start_etcd())
        self._start_controllers()
        self._start_kwok()

    def _write_kubeconfig(self) -> None:
        here = {"certificate-authority": str(self.authority.certificate), "server": self.server}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "road",
            "clusters": [{"name": "road", "cluster": here}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "road", "context": {"cluster": "road", "user": "admin"}}],
        }
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(json.dumps(config))
        (self.folder / "tokens.csv").write_text(f'{self.token},admin,admin,"system:masters"\n')

    def _start_etcd(self) -> str:
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.crew.start(
            "etcd",
            [
                *(tool("etcd"), "--name=road", f"--data-dir={self.folder / 'etcd'}", "--unsafe-no-fsync"),
                *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
                *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
                f"--initial-cluster=road={peer}",
            ],
        )
        return client

    def _start_api(self, *, etcd: str) -> None:
        keys, served = service_account_keys(self.folder), self.authority.issue("kube-apiserver")
        self.crew.start(
            "kube-apiserver",
            [
                *(tool("kube-apiserver"), f"--etcd-servers={etcd}", "--bind-address=127.0.0.1"),
                *(f"--secure-port={self.server.rpartition(':')[2]}", f"--cert-dir={self.folder / 'api'}"),
                *(f"--tls-cert-file={served.certificate}", f"--tls-private-key-file={served.key}"),
                *(f"--service-account-key-file={keys.certificate}",),
                *(f"--service-account-signing-key-file={keys.key}",),
                *("--service-account-issuer=https://kubernetes.default.svc", "--authorization-mode=RBAC"),
                *(
                    f"--token-auth-file={self.folder / 'tokens.csv'}",
                    "--service-cluster-ip-range=10.0.0.0/16",
                ),
                # Nothing here mounts a token: pods do not run, and servers use the kubeconfig.
                *("--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"),
                "--kubelet-preferred-address-types=InternalIP",
            ],
        )
        self.crew.ready(
            "kube-apiserver", lambda: answers(f"{self.server}/readyz", self.authority.certificate)
        )

    def _start_controllers(self) -> None:
        shared = [f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--secure-port=0"]
        signing = [f"--service-account-private-key-file={self.folder / 'sa.key'}"]
        trust = [f"--root-ca-file={self.authority.certificate}"]
        manager = [tool("kube-controller-manager"), *shared, *signing, *trust]
        self.crew.start("kube-controller-manager", manager)
        self.crew.start("kube-scheduler", [tool("kube-scheduler"), *shared])

    def _start_kwok(self) -> None:
        kustomize, served, port = tool("kwok-kustomize"), self.authority.issue("kwok"), free_port()
        self.kubernetes.apply_files([kustomize / "crd" / "bases"])
        self.kubernetes.established("stages.kwok.x-k8s.io", "clusterlogs.kwok.x-k8s.io")
        self.kubernetes.apply(*(stage for folder in STAGES for stage in stages(kustomize / "stage" / folder)))
        self.crew.start(
            "kwok",
            [
                *(tool("kwok"), f"--kubeconfig={self.kubeconfig}", "--manage-all-nodes"),
                *("--enable-crds=Stage,Logs,ClusterLogs", "--node-lease-duration-seconds=40"),
                *("--node-ip=127.0.0.1", f"--node-port={port}", f"--server-address=127.0.0.1:{port}"),
                *(f"--tls-cert-file={served.certificate}", f"--tls-private-key-file={served.key}"),
            ],
            env={"HOME": str(self.folder)},
        )
        self.kubernetes.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}})
        self.crew.ready("kwok", self._node_is_ready)

    def _node_is_ready(self) -> bool:
        """Look at the node; a busy kwok may miss the stages it starts with, until one of them changes."""
        ready = condition(self.kubernetes.get("node", "node-1"), "Ready") == "True"
        if not ready:
            touched = f"road/looked-at={time.monotonic_ns()}"
            self.kubernetes.kubectl(
                "annotate", "stages.kwok.x-k8s.io", "node-initialize", touched, "--overwrite"
            )
        return ready


def stages(folder: Path) -> list[dict[str, Any]]:
    """Read kwok's own stages without the random delays of a real machine: a bench has no time to lose."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for stage in yaml.safe_load_all(path.read_text()):
            if stage["kind"] == "Stage":
                if "heartbeat" not in path.name:
                    stage["spec"].pop("delay", None)
                found.append(stage)
    return found


def answers(url: str, authority: Path) -> bool:
    """Say whether a server answers 200."""
    try:
        trust = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(url, timeout=2, context=trust) as response:
            return bool(response.status == 200)
    except OSError:  # refused, reset, or an HTTP error: not yet
        return False
