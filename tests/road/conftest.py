"""The bench of `make road`: each part is real, runs on this machine alone, and is started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.road.argocd import ArgoCD
from tests.road.control_plane import ControlPlane
from tests.road.images import Builder
from tests.road.kserve import KServe
from tests.road.manifests import Platform
from tests.road.registry import Registry
from tests.road.report import Report
from tests.road.tracking import Tracking

ROAD = ("test_bench", "test_image", "test_platform", "test_delivery", "test_rollout")
"""The modules in the order in which a push meets what they prove; one that is not named comes last."""


def pytest_configure(config: pytest.Config) -> None:
    """Report on the road beside pytest's own words."""
    config.pluginmanager.register(Report(config), "road-report")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Walk the road in its order."""
    order = {name: at for at, name in enumerate(ROAD)}
    items.sort(key=lambda item: order.get(item.path.stem, len(ROAD)))


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Where the parts of the bench tell how long they took."""
    found = pytestconfig.pluginmanager.get_plugin("road-report")
    assert isinstance(found, Report)
    return found


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all that is started; pytest keeps it, so that logs can be read after a failure."""
    return tmp_path_factory.mktemp("road")


@pytest.fixture(scope="session")
def cluster(bench: Path, report: Report) -> Iterator[ControlPlane]:
    """A Kubernetes API with its controllers; kwok plays nodes and pods."""
    part = ControlPlane(bench / "cluster")
    with report.started("Kubernetes: etcd, API server, controllers, scheduler, kwok", part) as running:
        yield running


@pytest.fixture(scope="session")
def argocd(bench: Path, report: Report, cluster: ControlPlane) -> Iterator[ArgoCD]:
    """An Argo CD that watches repositories for that cluster."""
    part = ArgoCD(bench / "argocd", cluster=cluster)
    with report.started("Argo CD: Redis, repo-server, application-controller", part) as running:
        yield running


@pytest.fixture(scope="session")
def kserve(bench: Path, report: Report, cluster: ControlPlane) -> Iterator[KServe]:
    """KServe's controller in that cluster."""
    with report.started("KServe's controller", KServe(bench / "kserve", cluster=cluster)) as running:
        yield running


@pytest.fixture(scope="session")
def registry(bench: Path, report: Report) -> Iterator[Registry]:
    """An image registry over plain HTTP."""
    with report.started("registry", Registry(bench / "registry")) as running:
        yield running


@pytest.fixture(scope="session")
def builder(bench: Path, report: Report, registry: Registry) -> Iterator[Builder]:
    """Buildah, Trivy with advisories of the bench, and the base images that a Dockerfile names."""
    part = Builder(bench / "builder", registry=registry)
    with report.started("base image in the registry, advisories for Trivy", part) as running:
        yield running


@pytest.fixture(scope="session")
def tracking(bench: Path, report: Report) -> Iterator[Tracking]:
    """An MLflow server on PostgreSQL."""
    with report.started("MLflow on PostgreSQL", Tracking(bench / "tracking")) as running:
        yield running


@pytest.fixture(scope="session")
def platform(
    bench: Path, registry: Registry, cluster: ControlPlane, argocd: ArgoCD, kserve: KServe
) -> Platform:
    """The sample manifests repository, deployed by Argo CD."""
    assert kserve.crew, "KServe's controller is to run before anything is deployed"
    repository = f"{registry.host}/acme/churn"
    found = Platform(bench / "platform", repository=repository, cluster=cluster, argocd=argocd)
    found.deploy()
    return found
