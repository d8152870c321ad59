"""Build a Dockerfile into an OCI archive: Buildx where there is a daemon, Buildah where there is none."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepost.clients.process import find, run
from gatepost.errors import ConfigError, UpstreamError

_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
"""Of a repository's name, as the distribution specification has it."""

REFERENCE = re.compile(
    r"(?P<registry>[a-z0-9.-]+(?::\d{1,5})?)/"
    rf"(?P<name>{_PART}(?:/{_PART})*)(?::(?P<tag>[\w][\w.-]{{0,127}}))?",
    re.ASCII,
)
MOVING_TAGS = frozenset({"latest", "main", "master", "dev", "stable", "edge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is to be built."""

    context: Path
    dockerfile: Path
    labels: Mapping[str, str]
    epoch_s: int
    """Seconds since 1970 for every time stamp in the image, so that the same source gives the same bytes."""

    args: Mapping[str, str]


def check_reference(reference: str) -> str:
    """Return `registry/name:tag` unchanged, or raise `ConfigError` for what cannot be shipped."""
    match = REFERENCE.fullmatch(reference)
    if match is None or not ("." in match["registry"] or ":" in match["registry"]):
        raise ConfigError(
            f"image is {reference!r}, not registry/name:tag",
            fix="write it in full, such as ghcr.io/acme/churn:1.4.0",
        )
    if match["tag"] is None or match["tag"] in MOVING_TAGS:
        raise ConfigError(
            f"image {reference!r} has no tag that stays",
            fix="tag it with the commit or a release, not with `latest`",
        )
    return reference


def builder(env: Mapping[str, str]) -> str:
    """
    Return `buildx` when a daemon answers and can write an archive, else `buildah`.

    Raises `UpstreamError` when there is neither.
    """
    docker = shutil.which("docker", path=env.get("PATH", ""))
    fix = "install Buildah, or start a Docker daemon with Buildx"
    if docker:
        inspected = run([docker, "buildx", "inspect"], cwd=Path.cwd(), timeout_s=30, env=env)
        if inspected.exit_code == 0:
            if _writes_archives(docker, inspected.stdout, env):
                return "buildx"
            fix = "make a builder that writes archives (`docker buildx create --use`), or install Buildah"
    find("buildah", fix=fix, env=env)
    return "buildah"


def _writes_archives(docker: str, inspected: bytes, env: Mapping[str, str]) -> bool:
    """Say whether Buildx's builder can: the one of Docker itself only with containerd's image store."""
    if not re.search(rb"^Driver:\s+docker$", inspected, re.MULTILINE):
        return True
    told = run([docker, "info", "--format", "{{.DriverStatus}}"], cwd=Path.cwd(), timeout_s=30, env=env)
    return b"io.containerd.snapshotter" in told.stdout


def build(
    recipe: Recipe,
    archive: Path,
    *,
    env: Mapping[str, str],
    timeout_s: float,
    on_line: Callable[[bytes], None] | None = None,
) -> str:
    """Write the image to `archive` (OCI layout in a tar file); return the name of the builder."""
    if not recipe.dockerfile.is_file():
        raise ConfigError(
            f"there is no Dockerfile at {str(recipe.dockerfile)!r}",
            fix="add one that serves the model, or name it with --dockerfile",
        )
    archive.unlink(missing_ok=True)
    name = builder(env)
    for argv in (_buildx if name == "buildx" else _buildah)(recipe, archive):
        done = run(argv, cwd=recipe.context, timeout_s=timeout_s, env=env, on_line=on_line)
        if done.stopped or done.exit_code:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
            why = f"stopped after {timeout_s:.0f} s" if done.stopped else f"exit code {done.exit_code}"
            raise UpstreamError(
                f"{name} could not build {recipe.dockerfile.name} ({why}): {' / '.join(said)}",
                fix="build it by hand and mend the step that fails",
            )
    return name


def _common(recipe: Recipe) -> list[str]:
    labels = [part for key, value in sorted(recipe.labels.items()) for part in ("--label", f"{key}={value}")]
    args = [part for key, value in sorted(recipe.args.items()) for part in ("--build-arg", f"{key}={value}")]
    return [*labels, *args, "--file", str(recipe.dockerfile)]


def _buildx(recipe: Recipe, archive: Path) -> list[list[str]]:
    argv = ["docker", "buildx", "build", "--progress", "plain", "--provenance=false", *_common(recipe)]
    argv += ["--build-arg", f"SOURCE_DATE_EPOCH={recipe.epoch_s}"]
    argv += ["--output", f"type=oci,dest={archive},rewrite-timestamp=true", "."]
    return [argv]


def _buildah(recipe: Recipe, archive: Path) -> list[list[str]]:
    # Straight into the archive: no image is left behind in the machine's own store.
    argv = ["buildah", "build", "--format", "oci", "--timestamp", str(recipe.epoch_s), *_common(recipe)]
    argv += ["--tag", f"oci-archive:{archive}", "."]
    return [argv]
