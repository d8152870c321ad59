from __future__ import annotations

import pytest

from gatepost.clients.argocd import ThroughKubernetes, ThroughServer
from gatepost.clients.kubernetes import Kubernetes
from gatepost.clients.workloads import trouble
from gatepost.errors import ConfigError, UpstreamError
from tests.servers.cluster import TOKEN, Cluster

DEPLOYMENT = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "ml", "name": "churn"}
SERVICE = {"group": "serving.kserve.io", "kind": "InferenceService", "namespace": "ml", "name": "churn"}


@pytest.fixture
def cluster():
    with Cluster() as server:
        yield server
        assert server.faults == []


@pytest.fixture(params=["kubernetes", "argocd-server"])
def argocd(request, cluster):
    client = Kubernetes(url=cluster.url, token=TOKEN)
    return (
        ThroughKubernetes(cluster=client) if request.param == "kubernetes" else ThroughServer(server=client)
    )


def test_sync_health_and_messages_are_read_either_way(cluster, argocd):
    cluster.application(
        sync={"status": "OutOfSync", "revision": "a" * 40},
        health={"status": "Degraded", "message": "one pod crashes"},
        operationState={"phase": "Failed", "message": "no match", "syncResult": {"revision": "b" * 40}},
        conditions=[{"type": "ComparisonError", "message": "bad path"}, {"type": "SharedResourceWarning"}],
        resources=[{**DEPLOYMENT, "status": "Synced"}],
    )

    status = argocd.read_status("churn", namespace="argocd")

    assert (status.sync, status.health, status.message) == ("OutOfSync", "Degraded", "one pod crashes")
    assert (status.revisions, status.operation_revisions) == (("a" * 40,), ("b" * 40,))
    assert (status.phase, status.operation_message) == ("Failed", "no match")
    assert status.errors == ("ComparisonError: bad path",)
    assert [r.kind for r in status.resources] == ["Deployment"]


def test_an_application_of_several_sources_has_several_revisions(cluster, argocd):
    cluster.application(sync={"status": "Synced", "revisions": ["a", "b"]}, health={"status": "Healthy"})

    assert argocd.read_status("churn", namespace="argocd").revisions == ("a", "b")


def test_an_application_that_was_never_reconciled_is_unknown(cluster, argocd):
    cluster.application()

    status = argocd.read_status("churn", namespace="argocd")

    assert (status.sync, status.health) == ("Unknown", "Unknown")


def test_a_missing_application_and_a_misshapen_one_are_said(cluster, argocd):
    with pytest.raises(ConfigError, match="no Application 'nope'"):
        argocd.read_status("nope", namespace="argocd")

    cluster.application(health="fine")
    with pytest.raises(UpstreamError, match="unexpected health"):
        argocd.read_status("churn", namespace="argocd")


def test_a_wrong_token_is_said(cluster):
    cluster.application()
    with pytest.raises(UpstreamError, match="401"):
        ThroughKubernetes(cluster=Kubernetes(url=cluster.url, token="no")).read_status("churn", namespace="x")


def test_a_refresh_is_asked_for(cluster):
    cluster.application()
    client = Kubernetes(url=cluster.url, token=TOKEN)

    ThroughKubernetes(cluster=client).refresh("churn", namespace="argocd")
    ThroughServer(server=client).refresh("churn", namespace="argocd")

    patched, read = (exchange.request for exchange in cluster.exchanges)
    assert patched.json()["metadata"]["annotations"] == {"argocd.argoproj.io/refresh": "normal"}
    assert read.query["refresh"] == "normal"


def test_a_crashing_pod_is_the_first_reason(cluster):
    cluster.objects["/apis/apps/v1/namespaces/ml/deployments/churn"] = {
        "spec": {"selector": {"matchLabels": {"app": "churn"}}},
        "status": {
            "conditions": [
                {
                    "type": "Available",
                    "status": "False",
                    "reason": "MinimumReplicasUnavailable",
                    "message": "no pods",
                }
            ]
        },
    }
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    crashed = {
        "name": "server",
        "state": waiting,
        "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}},
    }
    starting = {"name": "server", "state": {"waiting": {"reason": "ContainerCreating"}}}
    cluster.pods = [
        {"metadata": {"name": name, "labels": {"app": app}}, "status": {"containerStatuses": [container]}}
        for name, app, container in (
            ("churn-1", "churn", crashed), ("churn-2", "churn", starting), ("other", "other", crashed)
        )
    ]  # fmt: skip
    cluster.application(resources=[DEPLOYMENT])
    client = Kubernetes(url=cluster.url, token=TOKEN)
    status = ThroughKubernetes(cluster=client).read_status("churn", namespace="argocd")

    assert [found.text for found in trouble(client, status.resources)] == [
        "pod churn-1, container server: CrashLoopBackOff, back-off 10s, exited with 3 (Error)",
        "Deployment churn: Available is False, MinimumReplicasUnavailable: no pods",
    ]


def test_an_inference_service_is_followed_to_its_pods(cluster):
    labels = {"serving.kserve.io/inferenceservice": "churn"}
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    cluster.pods = [
        {
            "metadata": {"name": "p", "labels": labels},
            "spec": {"containers": [{"name": "c", "image": "x@sha256:1"}]},
            "status": {"containerStatuses": [{"name": "c", "state": state}]},
        }
    ]
    cluster.objects["/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices/churn"] = {
        "status": {"conditions": [{"type": "Ready", "status": "True", "message": "old news"}]}
    }
    cluster.application(resources=[SERVICE])
    client = Kubernetes(url=cluster.url, token=TOKEN)
    status = ThroughKubernetes(cluster=client).read_status("churn", namespace="argocd")

    assert [found.image for found in trouble(client, status.resources)] == ["x@sha256:1"]
    assert [found.text for found in trouble(client, status.resources)] == [
        "pod p, container c: ImagePullBackOff, not found"
    ]
