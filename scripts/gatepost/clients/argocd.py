"""Argo CD's word on an Application: synced to which commit, healthy or not, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gatepost.clients.kubernetes import Kubernetes
from gatepost.errors import ConfigError, UpstreamError

_REFRESH = {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Health(_Lenient):
    """Argo CD's health of an application or of one of its resources."""

    status: str = "Unknown"
    message: str = ""


class Resource(_Lenient):
    """One object that the Application manages. Since Argo CD 3 its health is mostly not stored here."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    health: Health | None = None


class _Sync(_Lenient):
    status: str = "Unknown"
    revision: str = ""
    revisions: tuple[str, ...] = ()


class _SyncResult(_Lenient):
    revision: str = ""
    revisions: tuple[str, ...] = ()


class _Operation(_Lenient):
    phase: str = ""
    message: str = ""
    sync_result: _SyncResult | None = Field(default=None, alias="syncResult")


class _Condition(_Lenient):
    type: str = ""
    message: str = ""


class _Status(_Lenient):
    sync: _Sync = _Sync()
    health: Health = Health()
    operation: _Operation = Field(default=_Operation(), alias="operationState")
    conditions: tuple[_Condition, ...] = ()
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What Argo CD says of one Application at one moment. Messages are untrusted text."""

    sync: str
    """`Synced`, `OutOfSync` or `Unknown`."""

    health: str
    """`Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing` or `Unknown`."""

    revisions: tuple[str, ...]
    """The commits compared against; more than one for several sources."""

    message: str = ""
    """Argo CD's own words on health."""

    phase: str = ""
    """Of the last sync operation: `Running`, `Succeeded`, `Failed`, `Error`, `Terminating`."""

    operation_revisions: tuple[str, ...] = ()
    """What that operation was to sync."""

    operation_message: str = ""
    errors: tuple[str, ...] = ()
    """Conditions of the Application that end in `Error`."""

    resources: tuple[Resource, ...] = ()


class ArgoCd(Protocol):
    """Either way to ask: through the cluster's API, or through Argo CD's own."""

    def read_status(self, name: str, *, namespace: str) -> Status:
        """Read one Application; raises `ConfigError` when there is none."""

    def refresh(self, name: str, *, namespace: str) -> None:
        """Ask for a look at the repository now instead of at the next poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughKubernetes:
    """Reads `Application` objects; needs `get` on them, and `patch` to refresh."""

    cluster: Kubernetes

    def read_status(self, name: str, *, namespace: str) -> Status:
        """Read one Application; raises `ConfigError` when there is none."""
        found = self.cluster.get(_path(name, namespace))
        return _status(found, name=name, where=f"namespace {namespace} of {self.cluster.url}")

    def refresh(self, name: str, *, namespace: str) -> None:
        """Set the annotation that Argo CD's controller watches for."""
        self.cluster.patch(_path(name, namespace), _REFRESH)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughServer:
    """Asks Argo CD's API server with a token of one of its accounts."""

    server: Kubernetes
    """The same kind of JSON over HTTP, at Argo CD's address."""

    def read_status(self, name: str, *, namespace: str) -> Status:
        """Read one Application; raises `ConfigError` when there is none."""
        found = self.server.get(f"/api/v1/applications/{quote(name)}", params={"appNamespace": namespace})
        return _status(found, name=name, where=self.server.url)

    def refresh(self, name: str, *, namespace: str) -> None:
        """Read with a refresh, which is how this API is asked for one."""
        query = {"appNamespace": namespace, "refresh": "normal"}
        self.server.get(f"/api/v1/applications/{quote(name)}", params=query)


def _path(name: str, namespace: str) -> str:
    return f"/apis/argoproj.io/v1alpha1/namespaces/{quote(namespace)}/applications/{quote(name)}"


def _status(found: dict[str, Any] | None, *, name: str, where: str) -> Status:
    if found is None:
        raise ConfigError(
            f"there is no Application {name!r} in {where}", fix="check the name and the namespace"
        )
    try:
        status = _Status.model_validate(found.get("status") or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UpstreamError(
            f"Application {name!r} has an unexpected {'.'.join(map(str, first['loc']))}: {first['msg']}",
            fix="look at the object with kubectl, and at the Argo CD version",
        ) from None
    operation = status.operation
    result = operation.sync_result or _SyncResult()
    return Status(
        sync=status.sync.status, health=status.health.status, message=status.health.message,
        revisions=status.sync.revisions or (status.sync.revision,),
        phase=operation.phase, operation_message=operation.message,
        operation_revisions=result.revisions or (result.revision,),
        errors=tuple(f"{c.type}: {c.message}" for c in status.conditions if c.type.endswith("Error")),
        resources=status.resources,
    )  # fmt: skip
