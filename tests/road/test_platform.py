"""The sample manifests repository becomes what it says, by the one file that is applied by hand."""

from __future__ import annotations

import json

import pytest

from tests.road.kubernetes import condition
from tests.road.manifests import Platform
from tests.road.processes import NotReadyError


def test_the_app_of_apps_brings_both_environments_and_the_policies(platform: Platform) -> None:
    tip = platform.manifests.tip()

    for application in ("root", "policies", "churn-staging", "churn-production"):
        platform.argocd.wait(application, sync="Synced", health="Healthy", revision=tip)

    assert condition(platform.service("staging"), "Ready") == "True"
    assert len(platform.pods("staging")) == 1
    assert platform.running("production") == platform.running("staging")


def test_the_cluster_refuses_an_image_that_is_not_pinned(platform: Platform) -> None:
    service = platform.service()
    named = {"name": "unpinned", "namespace": "models-staging"}
    container = {"name": "kserve-container", "image": f"{platform.repository}:latest"}
    unpinned = {**service, "metadata": named, "spec": {"predictor": {"containers": [container]}}}
    unpinned.pop("status", None)

    with pytest.raises(NotReadyError, match="must name its image by digest"):
        platform.cluster.kubernetes.kubectl("create", "-f", "-", stdin=json.dumps(unpinned))
