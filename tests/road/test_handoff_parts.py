"""Both ends of a handoff on real parts: a registry that keeps the image, kustomize that renders it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from gatepost.clients import registry as client
from gatepost.errors import RefusedError
from gatepost.manifests.files import bump
from tests.road.registry import Registry
from tests.tools import tool

SAMPLE = Path(__file__).parents[2] / "infra-manifests"
INDEX = "application/vnd.oci.image.index.v1+json"


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "registry").mkdir()
    with Registry(tmp_path / "registry") as server:
        yield server


def push(registry: Registry, name: str) -> str:
    """Push an index without images and return its digest."""
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).encode()
    url = f"http://{registry.host}/v2/{name}/manifests/v1"
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": INDEX})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
    return "sha256:" + hashlib.sha256(body).hexdigest()


def test_a_real_registry_tells_what_it_has(registry):
    digest = push(registry, "acme/churn")
    asked = client.Registry(host=registry.host)

    assert asked.require("acme/churn", digest) == INDEX
    with pytest.raises(RefusedError, match="has no acme/churn@sha256:0"):
        asked.require("acme/churn", "sha256:" + "0" * 64)


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_digest_in_the_overlay_is_what_kustomize_renders(tmp_path, environment):
    subprocess.run(["cp", "-r", SAMPLE, tmp_path / "manifests"], check=True)
    overlay = tmp_path / "manifests" / "models" / "churn" / environment
    digest = "sha256:" + "d" * 64

    bump(overlay / "kustomization.yaml", doc=0, key=["images", 0, "digest"], new=digest)

    command = [tool("kubectl"), "kustomize", overlay]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"image: ghcr.io/acme/churn@{digest}\n" in rendered
