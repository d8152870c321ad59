"""Why a workload is not healthy, in the cluster's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gatepost.clients.argocd import Resource
from gatepost.clients.kubernetes import Kubernetes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong. The text is untrusted."""

    text: str
    image: str = ""
    """Of a container that cannot start or that ended; empty when no container is meant."""


def trouble(cluster: Kubernetes, resources: Sequence[Resource]) -> Iterator[Trouble]:
    """Yield what the managed objects and their pods say is wrong, most direct first."""
    for resource in resources:
        if resource.health and resource.health.status == "Degraded" and resource.health.message:
            yield Trouble(text=f"{resource.kind} {resource.name}: {resource.health.message}")
    for resource in resources:
        if (plural := _PLURALS.get(resource.kind)) and resource.namespace:
            yield from _pods(cluster, resource, plural)
    for resource in resources:
        if (plural := _PLURALS.get(resource.kind)) and resource.namespace:
            yield from _conditions(cluster, resource, plural)


_SAID = 300
"""Characters of a container's last line; it is in a log as a whole."""

_PLURALS = {
    "Deployment": "apps/v1/{}/deployments",
    "StatefulSet": "apps/v1/{}/statefulsets",
    "DaemonSet": "apps/v1/{}/daemonsets",
    "InferenceService": "serving.kserve.io/v1beta1/{}/inferenceservices",
}


def _object(cluster: Kubernetes, resource: Resource, plural: str) -> dict[str, Any]:
    path = "/apis/" + plural.format(f"namespaces/{quote(resource.namespace)}")
    return cluster.get(f"{path}/{quote(resource.name)}") or {}


def _conditions(cluster: Kubernetes, resource: Resource, plural: str) -> Iterator[Trouble]:
    found = _object(cluster, resource, plural)
    for condition in _list(_dict(found.get("status")).get("conditions")):
        if condition.get("status") == "False" and condition.get("message"):
            why = f"{condition.get('reason', '')}: {condition['message']}"
            yield Trouble(
                text=f"{resource.kind} {resource.name}: {condition.get('type', '')} is False, {why}"
            )


def _pods(cluster: Kubernetes, resource: Resource, plural: str) -> Iterator[Trouble]:
    if resource.kind == "InferenceService":
        labels = {"serving.kserve.io/inferenceservice": resource.name}
    else:
        spec = _dict(_object(cluster, resource, plural).get("spec"))
        labels = _dict(_dict(spec.get("selector")).get("matchLabels"))
    if not labels:
        return
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    found = cluster.get(
        f"/api/v1/namespaces/{quote(resource.namespace)}/pods", params={"labelSelector": selector}
    )
    for pod in _list((found or {}).get("items")):
        name = _dict(pod.get("metadata")).get("name", "")
        status, spec = _dict(pod.get("status")), _dict(pod.get("spec"))
        wanted = _list(spec.get("initContainers")) + _list(spec.get("containers"))
        images = {container.get("name"): str(container.get("image", "")) for container in wanted}
        for container in _list(status.get("initContainerStatuses")) + _list(status.get("containerStatuses")):
            if why := _stuck(container):
                text = f"pod {name}, container {container.get('name', '')}: {why}"
                yield Trouble(text=text, image=images.get(container.get("name"), ""))


def _stuck(container: dict[str, Any]) -> str:
    """Say why a container does not run; empty when it does, or is only starting."""
    state = _dict(container.get("state"))
    waiting = _dict(state.get("waiting"))
    ended = _dict(state.get("terminated")) or _dict(_dict(container.get("lastState")).get("terminated"))
    reason = waiting.get("reason", "")
    if reason in {"", "ContainerCreating", "PodInitializing"}:
        reason = ""
    parts = [str(part) for part in (reason, waiting.get("message") if reason else "") if part]
    if ended.get("exitCode"):
        parts.append(f"exited with {ended['exitCode']} ({ended.get('reason', 'no reason')})")
        said = str(ended.get("message") or "").strip().splitlines()[-1:]  # KServe asks for the log's end
        parts += [f"last said: {line.strip()[:_SAID]}" for line in said]
    return ", ".join(parts)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
