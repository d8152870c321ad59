"""Image references: `registry/path:tag@digest`, compared the way a container runtime would."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gatepost.errors import ConfigError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/-]{0,253}[A-Za-z0-9])?")
_DEFAULT_REGISTRY = "docker.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image reference, its repository spelled as it was given."""

    repository: str
    """Such as `ghcr.io/acme/churn` or `nginx`."""

    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Image:
        """Read a reference; raises `ConfigError` when it is none."""
        name, at, digest = text.partition("@")
        head, slash, last = name.rpartition("/")
        last, colon, tag = last.partition(":")
        repository = head + slash + last
        fine = (
            _REPOSITORY.fullmatch(repository)
            and "//" not in repository
            and (_TAG.fullmatch(tag) if colon else True)
            and (DIGEST.fullmatch(digest) if at else True)
        )
        if not fine:
            raise ConfigError(
                f"{text!r} is not an image reference", fix="write it like ghcr.io/owner/name:tag@sha256:…"
            )
        return cls(repository=repository, tag=tag, digest=digest)

    @property
    def registry(self) -> str:
        """The host that serves it; `docker.io` when none is written."""
        return self.full_repository.partition("/")[0]

    @property
    def path(self) -> str:
        """The repository without the registry, such as `library/nginx`."""
        return self.full_repository.partition("/")[2]

    @property
    def full_repository(self) -> str:
        """The repository with every default filled in; equal for equal repositories."""
        first, slash, rest = self.repository.partition("/")
        if not slash:
            return f"{_DEFAULT_REGISTRY}/library/{self.repository}"
        if not ("." in first or ":" in first or first == "localhost"):
            return f"{_DEFAULT_REGISTRY}/{self.repository}"
        if first in {"index.docker.io", "registry-1.docker.io", _DEFAULT_REGISTRY}:
            return f"{_DEFAULT_REGISTRY}/{rest if '/' in rest else 'library/' + rest}"
        return self.repository

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return self.repository + tag + (f"@{self.digest}" if self.digest else "")

    def same_repository(self, other: Image) -> bool:
        """Tell whether both name one repository, however it is spelled."""
        return self.full_repository == other.full_repository

    def in_place_of(self, old: Image) -> Image:
        """Return this version in the spelling of `old`, which keeps its repository and its lack of a tag."""
        keeps_tag = bool(old.tag) or not old.digest
        return replace(self, repository=old.repository, tag=self.tag if keeps_tag else "")


def image_or_none(text: str) -> Image | None:
    """Read a reference that may be something else, such as a template or a placeholder."""
    try:
        return Image.parse(text)
    except ConfigError:
        return None
