"""The sample manifests repository, handed off to as a user would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.handoff_bench import ZERO, open_bench
from tests.servers.registry import Registry

SAMPLE = Path(__file__).parents[2] / "infra-manifests"


@pytest.fixture
def bench(tmp_path):
    with Registry() as registry:
        files: dict[str, str | bytes] = {
            path.relative_to(SAMPLE).as_posix(): path.read_text("utf-8").replace("ghcr.io", registry.host)
            for path in SAMPLE.rglob("*.yaml")
        }
        yield open_bench(tmp_path, registry, files)


def test_a_delivery_changes_one_line(bench):
    before = bench.server.show("models/churn/staging/kustomization.yaml").decode()

    digest = bench.deliver(1)["digest"]

    after = bench.server.show("models/churn/staging/kustomization.yaml").decode()
    assert after == before.replace(ZERO, digest)
    assert ZERO in bench.server.show("models/churn/production/kustomization.yaml").decode()


def test_a_promotion_brings_what_staging_runs(bench):
    digest = bench.deliver(1)["digest"]

    image = f"{bench.registry.host}/acme/churn"
    bench.run(act="promote", image=image, from_environment="staging", environment="production")

    assert f"digest: {digest} " in bench.server.show("models/churn/production/kustomization.yaml").decode()
