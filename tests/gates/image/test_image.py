"""What is refused before anything is built, and what a missing program means. `make road` builds for real."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from gatepost.errors import ConfigError, UpstreamError
from gatepost.gates.image.build import Recipe, build, builder, check_reference
from gatepost.gates.image.inspect import bill_of_materials, inspect
from gatepost.gates.image.push import push

NOTHING = {"PATH": "/nowhere"}
DIGEST = "sha256:" + "a" * 64


def recipe(folder: Path) -> Recipe:
    return Recipe(context=folder, dockerfile=folder / "Dockerfile", labels={}, epoch_s=0, args={})


@pytest.mark.parametrize(
    "reference",
    [
        "ghcr.io/acme/churn:1.4.0",
        "127.0.0.1:5000/churn:abc",
        "registry.example/a/b__c/d-e:v1",
        "ghcr.io/a/b:0" + "1" * 40,
    ],
)
def test_a_full_reference_with_a_tag_that_stays_is_taken(reference):
    assert check_reference(reference) == reference


@pytest.mark.parametrize(
    "reference",
    [
        "churn:1", "acme/churn:1", "ghcr.io/Acme/churn:1", f"ghcr.io/acme/churn@{DIGEST}", "ghcr.io/acme/c:",
        "https://ghcr.io/acme/churn:1", "ghcr.io/acme/churn:1 --all", "--help", "ghcr.io/acme/../churn:1", "",
    ],
)  # fmt: skip
def test_what_is_no_full_reference_is_shown_how_one_looks(reference):
    with pytest.raises(ConfigError) as caught:
        check_reference(reference)

    assert repr(reference) in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize("tag", ["latest", "main", "stable"])
def test_a_tag_that_moves_is_refused(tag):
    with pytest.raises(ConfigError, match="no tag that stays"):
        check_reference(f"ghcr.io/acme/churn:{tag}")


def test_no_dockerfile_is_said_before_a_builder_is_looked_for(tmp_path):
    with pytest.raises(ConfigError, match="there is no Dockerfile at"):
        build(recipe(tmp_path), tmp_path / "image.tar", env=NOTHING, timeout_s=5)


def test_no_builder_is_an_error_that_names_both(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")

    with pytest.raises(UpstreamError) as caught:
        build(recipe(tmp_path), tmp_path / "image.tar", env=NOTHING, timeout_s=5)

    assert "buildah is not installed" in caught.value.what
    assert "Buildx" in caught.value.fix


@pytest.mark.parametrize(
    ("driver", "storage", "chosen"),
    [
        ("docker-container", "[[Backing Filesystem extfs]]", "buildx"),
        ("docker", "[[driver-type io.containerd.snapshotter.v1]]", "buildx"),
        ("docker", "[[Backing Filesystem extfs] [Supports d_type true]]", "buildah"),
    ],
)
def test_buildx_is_taken_where_its_builder_can_write_an_archive(tmp_path, driver, storage, chosen):
    """What the two commands print is Docker's documentation's; no daemon is asked."""
    said = f'case "$1" in buildx) printf "Name:   default\\nDriver: {driver}\\n";; *) echo "{storage}";; esac'
    for name, script in (("docker", said), ("buildah", "exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    assert builder({"PATH": str(tmp_path)}) == chosen


def test_a_builder_that_cannot_write_an_archive_is_told_apart_from_none(tmp_path):
    (tmp_path / "docker").write_text('#!/bin/sh\necho "Driver: docker"\n')
    (tmp_path / "docker").chmod(0o755)

    with pytest.raises(UpstreamError, match="buildah is not installed") as caught:
        builder({"PATH": str(tmp_path)})

    assert "docker buildx create --use" in caught.value.fix


def test_an_image_that_nobody_can_look_into_has_not_passed(tmp_path):
    archive = tmp_path / "image.tar"
    with tarfile.open(archive, "w") as file:
        member = tarfile.TarInfo("oci-layout")
        file.addfile(member, io.BytesIO())

    with pytest.raises(UpstreamError, match="trivy is not installed"):
        inspect(archive, fail_on="critical", ignore_unfixed=False, env=NOTHING)
    with pytest.raises(UpstreamError, match="trivy is not installed"):
        bill_of_materials(archive, tmp_path / "sbom.json", env=NOTHING)


def test_without_skopeo_nothing_is_pushed(tmp_path):
    with pytest.raises(UpstreamError, match="skopeo is not installed"):
        push(tmp_path / "image.tar", "127.0.0.1:5000/acme/churn:1", env=NOTHING)
