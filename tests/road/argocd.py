"""A real Argo CD on the bench's API server: Redis, repo-server and application-controller."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Self

from tests.road.control_plane import ControlPlane
from tests.road.kubernetes import Object
from tests.road.processes import Crew, free_port, listens
from tests.tools import tool

NAMESPACE = "argocd"
APPLICATION = "applications.argoproj.io"


class ArgoCD:
    """Watches git repositories and syncs them into the cluster."""

    def __init__(self, folder: Path, *, cluster: ControlPlane) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.kubernetes = cluster.kubernetes
        self.crew = Crew(folder / "logs")
        self._home = {
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "GNUPGHOME": str(folder / "gpg"),
            "ARGOCD_GPG_ENABLED": "false",
            "ARGOCD_TLS_DATA_PATH": str(folder / "tls"),
            "ARGOCD_SSH_DATA_PATH": str(folder / "ssh"),
            # https://kubernetes.default.svc, as users write it, is the server of the kubeconfig here.
            "ARGOCD_FAKE_IN_CLUSTER": "true",
            "KUBECONFIG": str(cluster.kubeconfig),
            "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"]]),
        }
        for name in ("tmp", "gpg", "tls", "ssh", "bin"):
            (folder / name).mkdir()

    def __enter__(self) -> Self:
        try:
            self._install_objects()
            self._install_kustomize()
            self._start()
        except BaseException:
            self.crew.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.stop()

    def application(self, name: str) -> Object:
        """Return an Application; fail when there is none."""
        found = self.kubernetes.get(APPLICATION, name, namespace=NAMESPACE)
        assert found is not None, f"there is no Application {name}"
        return found

    def refresh(self, name: str) -> None:
        """Ask for a look at the repository now, as a webhook would."""
        words = ["annotate", APPLICATION, name, "argocd.argoproj.io/refresh=normal", "--overwrite"]
        self.kubernetes.kubectl(*words, f"--namespace={NAMESPACE}")

    def wait(self, name: str, *, sync: str, health: str, revision: str, within_s: float = 120) -> Object:
        """Wait until an Application is synced to a commit and in a state of health; say what it was else."""
        state: dict[str, Any] = {}

        def reached() -> Object | None:
            found = self.application(name)
            status = found.get("status", {})
            state.update(sync=status.get("sync"), health=status.get("health"), said=status.get("conditions"))
            at = status.get("sync", {})
            there = at.get("status") == sync and at.get("revision") == revision
            return found if there and status.get("health", {}).get("status") == health else None

        try:
            return self.kubernetes.wait(reached, what=f"{name} {sync} and {health}", within_s=within_s)
        except AssertionError as late:
            raise AssertionError(f"{late}; it was {state}") from None

    def _install_objects(self) -> None:
        self.kubernetes.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        crds = tool("argocd-crds")
        self.kubernetes.apply_files(sorted(crds.glob("*-crd.yaml")))
        self.kubernetes.established(APPLICATION, "appprojects.argoproj.io")
        key = {"server.secretkey": secrets.token_urlsafe(32)}
        anything = {"group": "*", "kind": "*"}
        project = {
            "sourceRepos": ["*"],
            "destinations": [{"server": "*", "namespace": "*"}],
            "clusterResourceWhitelist": [anything],
        }
        self.kubernetes.apply(
            named("v1", "ConfigMap", "argocd-cm", data={"timeout.reconciliation": "15s"}),
            named("v1", "ConfigMap", "argocd-rbac-cm"),
            named("v1", "Secret", "argocd-secret", stringData=key),
            named("argoproj.io/v1alpha1", "AppProject", "default", spec=project),
        )

    def _install_kustomize(self) -> None:
        """Let kubectl's kustomize answer to the name that Argo CD calls."""
        shim = self.folder / "bin" / "kustomize"
        shim.write_text(
            f'#!/bin/sh\ncase "$1" in\n  build) shift; exec "{tool("kubectl")}" kustomize "$@" ;;\n'
            "  version) echo v5.7.1 ;;\n  *) exit 64 ;;\nesac\n"
        )
        shim.chmod(0o755)

    def _start(self) -> None:
        redis, repo, argocd = free_port(), free_port(), tool("argocd")
        self.crew.start(
            "redis",
            [tool("redis-server"), f"--port {redis}", "--bind 127.0.0.1", "--save", "", "--appendonly no"],
        )
        self.crew.ready("redis", lambda: listens(redis))
        self.crew.start(
            "argocd-repo-server",
            [
                *(argocd, "--address=127.0.0.1", f"--port={repo}", "--disable-tls"),
                *("--metrics-address=127.0.0.1", f"--metrics-port={free_port()}"),
                f"--redis=127.0.0.1:{redis}",
            ],
            env={**self._home, "ARGOCD_BINARY_NAME": "argocd-repo-server"},
        )
        self.crew.ready("argocd-repo-server", lambda: listens(repo))
        self.crew.start(
            "argocd-application-controller",
            [
                *(argocd, f"--kubeconfig={self.kubernetes.kubeconfig}", f"--namespace={NAMESPACE}"),
                *(f"--repo-server=127.0.0.1:{repo}", "--repo-server-plaintext"),
                *(f"--redis=127.0.0.1:{redis}", f"--metrics-port={free_port()}"),
                *("--app-resync=15", "--self-heal-timeout-seconds=2"),
            ],
            env={**self._home, "ARGOCD_BINARY_NAME": "argocd-application-controller"},
        )


def named(api: str, kind: str, name: str, **rest: object) -> Object:
    """Return an object of Argo CD's own, with the label it looks for."""
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd"}
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels},
        **rest,
    }
