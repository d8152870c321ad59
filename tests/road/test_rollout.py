"""From a commit in the manifests repository to pods, to a crash that is reported, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.road.argocd import ArgoCD
from tests.road.control_plane import ControlPlane
from tests.road.crashes import crash
from tests.road.images import Builder
from tests.road.kserve import KServe
from tests.road.kubernetes import condition
from tests.road.manifests import Delivery

CRASH = "ModuleNotFoundError: No module named 'sklearn'"


@pytest.fixture(scope="module")
def versions(builder: Builder) -> dict[str, str]:
    """Images in the registry, by digest."""
    return {
        name: builder.scratch("acme/churn", content=name) for name in ("before", "first", "second", "broken")
    }


@pytest.fixture(scope="module")
def delivery(
    bench: Path, versions: dict[str, str], cluster: ControlPlane, argocd: ArgoCD, kserve: KServe
) -> Delivery:
    """The model as people deployed it before gatepost."""
    assert kserve.folder
    found = Delivery(
        bench / "delivery", name="churn", image=versions["before"], cluster=cluster, argocd=argocd
    )
    found.watch()
    argocd.wait("churn", sync="Synced", health="Healthy", revision=found.manifests.tip())
    return found


def test_argocd_and_kserve_turn_a_manifest_into_pods(delivery: Delivery, versions: dict[str, str]) -> None:
    assert delivery.running() == [versions["before"]]
    assert condition(delivery.service(), "Ready") == "True"


@pytest.mark.parametrize("version", ["first", "second"])
def test_handoff_commits_a_version_and_sees_it_run(
    delivery: Delivery, versions: dict[str, str], version: str
) -> None:
    done = delivery.deliver(versions[version])

    assert done.exit_code == 0, done.said
    assert delivery.application_sync() == delivery.manifests.tip()
    assert delivery.running() == [versions[version]]
    assert versions[version] in delivery.manifests.show("churn/service.yaml").decode()


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
    pods = delivery.cluster.kubernetes.all("pods", namespace="models", selector=delivery.selector)

    ready = [pod for pod in pods if condition(pod, "Ready") == "True"]
    assert [pod["spec"]["containers"][0]["image"] for pod in ready] == [versions["second"]]


def test_rollback_brings_the_last_good_version_back_the_same_way(
    delivery: Delivery, versions: dict[str, str]
) -> None:
    broken = delivery.manifests.tip()
    repository = versions["broken"].partition("@")[0]

    done = delivery.handoff("--act=rollback", f"--image={repository}")

    assert done.exit_code == 0, done.said
    assert delivery.manifests.tip() != broken
    assert delivery.running() == [versions["second"]]
    assert condition(delivery.service(), "Ready") == "True"
