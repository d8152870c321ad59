from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from gatepost.clients.kubernetes import Kubernetes
from gatepost.errors import ConfigError, UpstreamError
from tests.servers.cluster import TOKEN, Cluster


def kubeconfig(server: str, user: dict[str, object], **cluster: object) -> dict[str, object]:
    return {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": user}],
    }


@pytest.mark.parametrize("inline", [True, False])
def test_a_kubeconfig_with_a_token_works(tmp_path, inline):
    (tmp_path / "token").write_text(TOKEN + "\n")
    user = {"token": TOKEN} if inline else {"tokenFile": "token"}
    with Cluster() as server:
        server.objects["/api/v1/namespaces/ml"] = {"kind": "Namespace"}
        (tmp_path / "config").write_text(json.dumps(kubeconfig(server.url, user)))

        cluster = Kubernetes.from_kubeconfig(tmp_path / "config")

        assert cluster.get("/api/v1/namespaces/ml") == {"kind": "Namespace"}
        assert cluster.get("/api/v1/namespaces/none") is None


def test_certificates_inside_the_file_are_private_and_gone_with_the_client(tmp_path):
    data = base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()
    user = {"client-certificate-data": data, "client-key-data": data}
    config = kubeconfig("https://cluster", user, **{"certificate-authority-data": data})
    (tmp_path / "config").write_text(json.dumps(config))

    cluster = Kubernetes.from_kubeconfig(tmp_path / "config")

    assert cluster.certificate is not None
    key = Path(cluster.certificate[1])
    assert key.stat().st_mode & 0o777 == 0o600
    del cluster
    assert not key.exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "garbles"),
        ("{}", "current-context"),
        (json.dumps({**kubeconfig("https://c", {}), "users": []}), "users u"),
        (json.dumps(kubeconfig("https://c", {"exec": {"command": "aws"}})), "helper program"),
        (json.dumps(kubeconfig("c:6443", {})), "not the address"),
        (json.dumps(kubeconfig("https://c", {"client-key-data": "***"})), "garbles"),
    ],
)
def test_a_kubeconfig_that_does_not_do_is_said(tmp_path, text, why):
    (tmp_path / "config").write_text(text)

    with pytest.raises(ConfigError) as error:
        Kubernetes.from_kubeconfig(tmp_path / "config")

    assert why in error.value.what
    assert error.value.fix


def test_a_missing_file_and_an_unreachable_cluster_are_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Kubernetes.from_kubeconfig(tmp_path / "none")
    with pytest.raises(UpstreamError, match="did not answer"):
        Kubernetes(url="http://127.0.0.1:9").get("/api")
