"""From a commit in the manifests repository to pods, to a crash that is reported, and back again."""

from __future__ import annotations

import pytest

from tests.road.crashes import crash
from tests.road.images import Builder
from tests.road.kubernetes import condition
from tests.road.manifests import Platform

CRASH = "ModuleNotFoundError: No module named 'sklearn'"
STAGING = "models/churn/staging/kustomization.yaml"


@pytest.fixture(scope="module")
def versions(builder: Builder) -> dict[str, str]:
    """Images in the registry, by digest."""
    return {name: builder.scratch("acme/churn", content=name) for name in ("first", "second", "broken")}


@pytest.mark.parametrize("version", ["first", "second"])
def test_handoff_commits_a_version_and_sees_it_run(
    platform: Platform, versions: dict[str, str], version: str
) -> None:
    done = platform.deliver(versions[version])

    assert done.exit_code == 0, done.said
    assert platform.synced() == platform.manifests.tip()
    assert platform.running() == {versions[version]}
    assert versions[version].rpartition("@")[2] in platform.manifests.show(STAGING).decode()


def test_promotion_brings_to_production_what_staging_runs(
    platform: Platform, versions: dict[str, str]
) -> None:
    done = platform.handoff(
        "--act=promote",
        "--from-environment=staging",
        f"--image={platform.repository}",
        environment="production",
    )

    assert done.exit_code == 0, done.said
    assert platform.running("production") == {versions["second"]}
    assert len(platform.pods("production")) == 2


def test_handoff_reports_degraded_and_why_when_the_new_image_crashes(
    platform: Platform, versions: dict[str, str]
) -> None:
    crash(platform.cluster.kubernetes, versions["broken"], message=CRASH)

    done = platform.deliver(versions["broken"])

    assert done.exit_code == 1, done.said
    assert "Degraded" in done.said
    assert "CrashLoopBackOff" in done.said
    assert CRASH in done.said


def test_the_version_before_goes_on_serving_while_the_new_one_crashes(
    platform: Platform, versions: dict[str, str]
) -> None:
    ready = [pod for pod in platform.pods() if condition(pod, "Ready") == "True"]

    assert [pod["spec"]["containers"][0]["image"] for pod in ready] == [versions["second"]]
    assert platform.running("production") == {versions["second"]}


def test_rollback_brings_the_last_good_version_back_the_same_way(
    platform: Platform, versions: dict[str, str]
) -> None:
    broken = platform.manifests.tip()

    done = platform.handoff("--act=rollback", f"--image={platform.repository}")

    assert done.exit_code == 0, done.said
    assert platform.manifests.tip() != broken
    assert platform.running() == {versions["second"]}
    assert condition(platform.service(), "Ready") == "True"
