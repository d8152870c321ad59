"""From a commit in the manifests repository to pods, to a crash that is reported, and back again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.road.argocd import ArgoCD
from tests.road.control_plane import ControlPlane
from tests.road.crashes import crash
from tests.road.images import Builder
from tests.road.kserve import KServe
from tests.road.kubernetes import condition
from tests.road.manifests import Delivery
from tests.road.processes import NotReadyError
from tests.road.registry import Registry

CRASH = "ModuleNotFoundError: No module named 'sklearn'"
STAGING = "models/churn/staging/kustomization.yaml"


@pytest.fixture(scope="module")
def versions(builder: Builder) -> dict[str, str]:
    """Images in the registry, by digest."""
    return {name: builder.scratch("acme/churn", content=name) for name in ("first", "second", "broken")}


@pytest.fixture(scope="module")
def delivery(
    bench: Path, registry: Registry, cluster: ControlPlane, argocd: ArgoCD, kserve: KServe
) -> Delivery:
    """The sample manifests repository, deployed."""
    assert kserve.crew, "KServe's controller is to run before anything is deployed"
    repository = f"{registry.host}/acme/churn"
    found = Delivery(bench / "delivery", repository=repository, cluster=cluster, argocd=argocd)
    found.deploy()
    return found


def test_the_app_of_apps_brings_both_environments_and_the_policies(delivery: Delivery) -> None:
    tip = delivery.manifests.tip()

    for application in ("root", "policies", "churn-staging", "churn-production"):
        delivery.argocd.wait(application, sync="Synced", health="Healthy", revision=tip)

    assert condition(delivery.service("staging"), "Ready") == "True"
    assert len(delivery.pods("staging")) == 1
    assert delivery.running("production") == delivery.running("staging")


def test_the_cluster_refuses_an_image_that_is_not_pinned(delivery: Delivery) -> None:
    service = delivery.service()
    named = {"name": "unpinned", "namespace": "models-staging"}
    container = {"name": "kserve-container", "image": f"{delivery.repository}:latest"}
    unpinned = {**service, "metadata": named, "spec": {"predictor": {"containers": [container]}}}
    unpinned.pop("status", None)

    with pytest.raises(NotReadyError, match="must name its image by digest"):
        delivery.cluster.kubernetes.kubectl("create", "-f", "-", stdin=json.dumps(unpinned))


@pytest.mark.parametrize("version", ["first", "second"])
def test_handoff_commits_a_version_and_sees_it_run(
    delivery: Delivery, versions: dict[str, str], version: str
) -> None:
    done = delivery.deliver(versions[version])

    assert done.exit_code == 0, done.said
    assert delivery.synced() == delivery.manifests.tip()
    assert delivery.running() == {versions[version]}
    assert versions[version].rpartition("@")[2] in delivery.manifests.show(STAGING).decode()


def test_promotion_brings_to_production_what_staging_runs(
    delivery: Delivery, versions: dict[str, str]
) -> None:
    done = delivery.handoff(
        "--act=promote",
        "--from-environment=staging",
        f"--image={delivery.repository}",
        environment="production",
    )

    assert done.exit_code == 0, done.said
    assert delivery.running("production") == {versions["second"]}
    assert len(delivery.pods("production")) == 2


def test_handoff_reports_degraded_and_why_when_the_new_image_crashes(
    delivery: Delivery, versions: dict[str, str]
) -> None:
    crash(delivery.cluster.kubernetes, versions["broken"], message=CRASH)

    done = delivery.deliver(versions["broken"])

    assert done.exit_code == 1, done.said
    assert "Degraded" in done.said
    assert "CrashLoopBackOff" in done.said
    assert CRASH in done.said


def test_the_version_before_goes_on_serving_while_the_new_one_crashes(
    delivery: Delivery, versions: dict[str, str]
) -> None:
    ready = [pod for pod in delivery.pods() if condition(pod, "Ready") == "True"]

    assert [pod["spec"]["containers"][0]["image"] for pod in ready] == [versions["second"]]
    assert delivery.running("production") == {versions["second"]}


def test_rollback_brings_the_last_good_version_back_the_same_way(
    delivery: Delivery, versions: dict[str, str]
) -> None:
    broken = delivery.manifests.tip()

    done = delivery.handoff("--act=rollback", f"--image={delivery.repository}")

    assert done.exit_code == 0, done.said
    assert delivery.manifests.tip() != broken
    assert delivery.running() == {versions["second"]}
    assert condition(delivery.service(), "Ready") == "True"
