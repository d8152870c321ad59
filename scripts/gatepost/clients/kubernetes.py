"""The Kubernetes API, read through a kubeconfig or an address and a token."""

from __future__ import annotations

import base64
import binascii
import json
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from gatepost.clients.http import MIB, USER_AGENT
from gatepost.errors import ConfigError, UpstreamError

ANSWER_BYTES = 16 * MIB
"""A list of a few thousand pods; larger answers are not what we ask for."""

_TIMEOUT_S = 15.0


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class Kubernetes:
    """One cluster as one user sees it."""

    url: str
    token: str = ""
    verify: str | bool = True
    """A file of certificate authorities, or whether to trust the system's."""

    certificate: tuple[str, str] | None = None
    """Files of a client certificate and its key."""

    _session: requests.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare the session; nothing is sent yet."""
        self.url = self.url.rstrip("/")
        if not self.url.startswith(("https://", "http://")):
            raise ConfigError(f"{self.url!r} is not the address of an API server", fix="write https://…")
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.trust_env = False  # a proxy or a netrc file is not for the cluster's own API
        self._session.verify = self.verify
        self._session.cert = self.certificate
        if self.token:
            self._session.headers["Authorization"] = f"Bearer {self.token}"

    @classmethod
    def from_kubeconfig(cls, path: Path, *, context: str = "") -> Kubernetes:
        """Read one context of a kubeconfig; raises `ConfigError` for one that needs a helper program."""
        try:
            config = yaml.safe_load(path.read_text("utf-8"))
            chosen = _named(config, "contexts", context or config["current-context"])["context"]
            cluster = _named(config, "clusters", chosen["cluster"])["cluster"]
            user = _named(config, "users", chosen["user"])["user"]
            return _connect(cluster, user, base=path.parent)
        except OSError as error:
            raise ConfigError(
                f"kubeconfig {path} cannot be read: {error.strerror}", fix="check the path"
            ) from None
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise ConfigError(
                f"kubeconfig {path} lacks or garbles {str(error)[:80]}",
                fix="write it with `kubectl config view --raw --flatten --minify`",
            ) from None

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """Return the object at `path`, or None when there is none."""
        return self._send("GET", path, params=params)

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Merge `body` into the object at `path` and return it, or None when there is none."""
        return self._send("PATCH", path, body=body)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        kind = {"Content-Type": "application/merge-patch+json"} if body is not None else {}
        try:
            with self._session.request(
                method, self.url + path, params=params, json=body, headers=kind,
                timeout=_TIMEOUT_S, allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                raw = answer.raw.read(ANSWER_BYTES + 1, decode_content=True)
                found = json.loads(raw) if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            raise UpstreamError(
                f"{self.url} did not answer {method} {path} ({type(error).__name__})",
                fix="check the cluster's address and that it can be reached from here",
            ) from None
        if answer.status_code == 404:
            return None
        if not isinstance(found, dict) or len(raw) > ANSWER_BYTES:
            raise UpstreamError(
                f"{self.url} answered {answer.status_code} to {method} {path}",
                fix="give the user the right to do that there (`kubectl auth can-i`)",
            )
        return found


def _named(config: Mapping[str, Any], section: str, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = next((e for e in config[section] if e["name"] == name), None)
    if found is None:
        raise KeyError(f"{section} {name}")
    return found


def _connect(cluster: Mapping[str, Any], user: Mapping[str, Any], *, base: Path) -> Kubernetes:
    if "exec" in user or "auth-provider" in user:
        raise ConfigError(
            "the kubeconfig logs in through a helper program, which is not run here",
            fix="give a kubeconfig with a token of a service account that may read Applications",
        )
    folder = tempfile.mkdtemp(prefix="gatepost-kube-")
    try:
        found = _client(cluster, user, base=base, folder=Path(folder))
    except BaseException:
        shutil.rmtree(folder)
        raise
    weakref.finalize(found, shutil.rmtree, folder)  # the certificates live as long as the client
    return found


def _client(cluster: Mapping[str, Any], user: Mapping[str, Any], *, base: Path, folder: Path) -> Kubernetes:
    def file_of(entry: Mapping[str, Any], key: str) -> str:
        if data := entry.get(f"{key}-data"):
            target = folder / key
            target.touch(mode=0o600)
            target.write_bytes(base64.b64decode(data, validate=True))
            return str(target)
        return str(base / entry[key]) if entry.get(key) else ""

    token = user.get("token") or ""
    if not token and user.get("tokenFile"):
        token = (base / user["tokenFile"]).read_text("utf-8").strip()
    certificate = (file_of(user, "client-certificate"), file_of(user, "client-key"))
    verify: str | bool = file_of(cluster, "certificate-authority") or True
    return Kubernetes(
        url=cluster["server"],
        token=token,
        verify=False if cluster.get("insecure-skip-tls-verify") else verify,
        certificate=certificate if all(certificate) else None,
    )
