"""A push to the model repository: through every gate to pods, or stopped with the manifests untouched."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.delivery import Advisories, Delivery, Runner
from tests.road.images import NEVER_SHIPPED, Advisory, Builder
from tests.road.kubernetes import Object
from tests.road.manifests import Platform
from tests.road.registry import Registry
from tests.road.tracking import Tracking
from tests.servers.github import GitHub
from tests.tools import tool

APP = {"BENCH_APP_KEY": "the-key-of-the-app", "BENCH_APP_TOKEN": "ghs_the-token-of-the-app"}
QUERY = """

def rows_of(cursor, region):
    cursor.execute(f"SELECT * FROM customers WHERE region = '{region}'")
"""


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner that has delivered this model before; like a hosted one it has Go, and no Gitleaks."""
    return replace(Runner.used(tmp_path_factory.mktemp("runner")), has=("go",))


@pytest.fixture
def passed(platform: Platform, registry: Registry, tracking: Tracking) -> dict[str, Any]:
    """What the model repository passes to deliver.yml."""
    inputs = {
        "image": f"{registry.host}/acme/churn",
        "manifests": platform.manifests.url,
        "app-client-id": "Iv1.0123456789abcdef",
        "mlflow-tracking-uri": tracking.uri,
        "argocd-application": "churn-staging",
        "wait": "180",
        "attest": False,  # it asks Sigstore, which is not on this machine
    }
    kubeconfig = platform.cluster.kubeconfig.read_text("utf-8")
    return {"inputs": inputs, "secrets": {"APP_PRIVATE_KEY": APP["BENCH_APP_KEY"], "KUBECONFIG": kubeconfig}}


@pytest.fixture
def delivery(
    tmp_path: Path, github: GitHub, runner: Runner, builder: Builder, passed: dict[str, Any]
) -> Iterator[Delivery]:
    """The model repository with a runner that has every real part at hand."""
    builder.know(NEVER_SHIPPED)
    with Advisories() as advisories:
        yield Delivery(
            folder=tmp_path,
            github=github,
            advisories=advisories,
            runner=runner,
            **passed,
            env={**APP, **builder.env, "GOPATH": f"{runner.kept}/go", "GOCACHE": f"{runner.kept}/go-build"},
            scanners=("semgrep", "bandit", "pip-audit", "gitleaks", "zizmor", "trivy"),
            trivy=tool("trivy").parent,
            patience_s=800,
        )


def champion(tracking: Tracking) -> Object:
    """Return the registered version that carries the alias."""
    query = urllib.parse.urlencode({"name": "churn", "alias": "champion"})
    address = f"{tracking.uri}/api/2.0/mlflow/registered-models/alias?{query}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        return dict(json.load(answer)["model_version"])


def test_a_push_becomes_pods(
    delivery: Delivery, platform: Platform, registry: Registry, tracking: Tracking
) -> None:
    before = platform.manifests.tip()

    outcome = delivery.push()

    ran = ("check", "scan", "train", "image", "handoff", "promote", "report")
    assert outcome.jobs == dict.fromkeys(ran, "success"), outcome.log[-6000:]
    after = platform.manifests.tip()
    assert after != before
    (tag,) = registry.tags("acme/churn")
    pinned = f"{platform.repository}@{registry.digest('acme/churn', tag)}"
    assert "sync: Synced" in outcome.log
    assert "health: Healthy" in outcome.log
    platform.argocd.wait("churn-staging", sync="Synced", health="Healthy", revision=after)
    platform.becomes(pinned, "staging")
    assert platform.running("production") != {pinned}
    version = champion(tracking)
    assert registry.labels("acme/churn", tag)["io.github.gatepost.model-version"] == version["version"]
    assert f"churn/{version['version']}" in platform.manifests.message()


def failing_test(root: Path) -> None:
    (root / "tests" / "test_broken.py").write_text("def test_broken():\n    assert 1 == 2\n")


def injection(root: Path) -> None:
    path = root / "churn" / "features.py"
    path.write_text(path.read_text("utf-8") + QUERY)


def below_threshold(root: Path) -> None:
    path = root / "churn" / "train.py"
    path.write_text(path.read_text("utf-8").replace('"C": 1.0', '"C": 0.0005'))


@pytest.mark.parametrize(
    ("change", "stopped"),
    [(failing_test, "check"), (injection, "scan"), (below_threshold, "train")],
)
def test_a_broken_push_stops_at_its_gate_and_leaves_the_manifests_untouched(
    delivery: Delivery, platform: Platform, change: Callable[[Path], None], stopped: str
) -> None:
    before = platform.manifests.tip()
    delivery.commit("Break it", change)

    outcome = delivery.push()

    assert outcome.jobs[stopped] == "failure", outcome.log[-6000:]
    assert not {"image", "handoff", "promote"} & {
        name for name, how in outcome.jobs.items() if how == "success"
    }
    assert platform.manifests.tip() == before


def promote_what_is_not_worse(root: Path) -> None:
    path = root / "metrics.yml"
    path.write_text(path.read_text("utf-8") + "  promote_if: not-worse\n  margin: 0.02\n")


def test_a_push_whose_image_has_a_critical_flaw_is_not_handed_off(
    delivery: Delivery, platform: Platform, builder: Builder, registry: Registry
) -> None:
    before, tags = platform.manifests.tip(), registry.tags("acme/churn")
    builder.know(Advisory(id="CVE-2999-0020", package="fastapi", fixed="999.0", title="Planted"))
    # An equal model would stay a challenger, and its image would never be built.
    delivery.commit("Ship a flaw", promote_what_is_not_worse)

    outcome = delivery.push()

    assert outcome.jobs["image"] == "failure", outcome.log[-6000:]
    assert "handoff" not in outcome.jobs
    assert registry.tags("acme/churn") == tags
    assert platform.manifests.tip() == before
