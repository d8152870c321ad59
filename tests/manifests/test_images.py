from __future__ import annotations

import pytest

from gatepost.errors import ConfigError
from gatepost.manifests.images import Image

DIGEST = "sha256:" + "d" * 64


@pytest.mark.parametrize(
    ("text", "full", "tag"),
    [
        ("nginx", "docker.io/library/nginx", ""),
        ("docker.io/nginx:1", "docker.io/library/nginx", "1"),
        ("acme/churn:v1", "docker.io/acme/churn", "v1"),
        ("ghcr.io/acme/churn", "ghcr.io/acme/churn", ""),
        ("localhost:5000/churn:v1", "localhost:5000/churn", "v1"),
        ("localhost/churn", "localhost/churn", ""),
        ("127.0.0.1:5000/a/b/c:1.0-rc_1", "127.0.0.1:5000/a/b/c", "1.0-rc_1"),
    ],
)
def test_references_are_read_as_a_runtime_would(text, full, tag):
    for digest in ("", DIGEST):
        image = Image.parse(text + (f"@{digest}" if digest else ""))

        assert (image.full_repository, image.tag, image.digest) == (full, tag, digest)
        assert str(image) == text + (f"@{digest}" if digest else "")


@pytest.mark.parametrize(
    "text", ["", "a b", "a:", "a@sha256:12", "{{ .x }}", "a//b", "a:b:c", "http://x/y", "a/b/"]
)
def test_what_is_no_reference_is_said(text):
    with pytest.raises(ConfigError, match="not an image reference"):
        Image.parse(text)


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("docker.io/acme/churn:v1", f"docker.io/acme/churn:v2@{DIGEST}"),
        (f"acme/churn@{'sha256:' + 'e' * 64}", f"acme/churn@{DIGEST}"),
        (f"acme/churn:v1@{'sha256:' + 'e' * 64}", f"acme/churn:v2@{DIGEST}"),
        ("acme/churn", f"acme/churn:v2@{DIGEST}"),
    ],
)
def test_the_old_spelling_is_kept(old, expected):
    new = Image.parse(f"acme/churn:v2@{DIGEST}")

    assert str(new.in_place_of(Image.parse(old))) == expected
