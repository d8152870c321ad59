"""What `gatepost handoff` adds when an Argo CD application is named: its sync and health."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from gatepost.clients.argocd import ArgoCd, Status, ThroughKubernetes, ThroughServer
from gatepost.clients.git import Repository
from gatepost.clients.kubernetes import Kubernetes
from gatepost.clients.workloads import Trouble, trouble
from gatepost.errors import ConfigError, UpstreamError
from gatepost.flows._gate import number
from gatepost.flows._handoff import Read
from gatepost.gates.handoff.watch import Waiting, Watch
from gatepost.model import Verdict


def watched(verdict: Verdict, read: Read, repository: Repository, branch: str) -> Verdict:
    """Add what Argo CD says: after waiting where that is asked for, else at one look that stops nothing."""
    argocd, reasons = _argocd_of(read)
    name, namespace = read("argocd-application"), read("argocd-namespace") or "argocd"
    facts = dict(verdict.facts)
    commit = facts["commit"]
    watch = Watch(
        argocd=argocd, application=name, namespace=namespace, reasons=reasons,
        digest=facts.get("digest", ""),
        includes=lambda tip: bool(tip) and repository.contains(branch, tip=tip, commit=commit),
    )  # fmt: skip
    if read("wait"):
        try:
            argocd.refresh(name, namespace=namespace)
        except UpstreamError as error:  # it would come by itself; whether Argo CD can be read shows below
            sys.stderr.write(f"Argo CD was not asked to look at once: {error.what}\n")
        timeout_s = number(read("wait"), name="wait", default=600, least=1)
        sys.stderr.write(f"waiting for {name} to run {commit[:12]}\n")
        seen = watch.until_settled(Waiting(timeout_s=timeout_s))
    else:
        seen = replace(watch.verdict(argocd.read_status(name, namespace=namespace)), findings=())
    return replace(verdict, facts=verdict.facts + seen.facts, findings=verdict.findings + seen.findings)


def _argocd_of(read: Read) -> tuple[ArgoCd, Callable[[Status], Iterator[Trouble]]]:
    """Return the way to Argo CD, and the way to ask the cluster what is wrong, where there is one."""
    cluster = Kubernetes.from_kubeconfig(Path(read("kubeconfig"))) if read("kubeconfig") else None
    if read("argocd-server"):
        server = Kubernetes(url=read("argocd-server"), token=read("argocd-token"))
        argocd: ArgoCd = ThroughServer(server=server)
    elif cluster:
        argocd = ThroughKubernetes(cluster=cluster)
    else:
        raise ConfigError(
            "an Argo CD application is named, but no way to ask",
            fix="give `kubeconfig`, or `argocd-server` with `argocd-token`",
        )

    def reasons(status: Status) -> Iterator[Trouble]:
        return trouble(cluster, status.resources) if cluster else iter(())

    return argocd, reasons
