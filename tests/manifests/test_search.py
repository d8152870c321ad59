from __future__ import annotations

import pytest

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.images import Image
from gatepost.manifests.places import Release
from gatepost.manifests.search import Scope, apply, find, needles

DIGEST = "sha256:" + "d" * 64
OLD = "sha256:" + "0" * 64
PINNED = f"v2@{DIGEST}"
IMAGE = Release(image=Image.parse(f"ghcr.io/acme/churn:v2@{DIGEST}"), service="churn")


def deliver(text: str, release: Release = IMAGE, path: str = "apps/churn.yaml", **scope: str | bool) -> str:
    files = {path: text.encode()}
    places = find(files, release, scope=Scope(**scope))  # type: ignore[arg-type]
    changed = apply(files, [c for place in places for c in place.changes])
    return changed.get(path, files[path]).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "spec: {containers: [{image: ghcr.io/acme/churn:v1}]}\n",
            f"spec: {{containers: [{{image: ghcr.io/acme/churn:{PINNED}}}]}}\n",
            id="workload",
        ),
        pytest.param(
            f"images:\n- name: ghcr.io/acme/churn\n  digest: {OLD} # pinned\n",
            f"images:\n- name: ghcr.io/acme/churn\n  digest: {DIGEST} # pinned\n",
            id="kustomize-digest",
        ),
        pytest.param(
            f"images: [{{name: x, newName: ghcr.io/acme/churn, newTag: '1.0', digest: {OLD}}}]\n",
            f"images: [{{name: x, newName: ghcr.io/acme/churn, newTag: 'v2', digest: {DIGEST}}}]\n",
            id="kustomize-both",
        ),
        pytest.param(
            "images:\n  - {name: ghcr.io/acme/churn, newTag: v1}\n",
            f"images:\n  - {{name: ghcr.io/acme/churn, newTag: {PINNED}}}\n",
            id="kustomize-tag",
        ),
        pytest.param(
            "server:\n  image:\n    registry: ghcr.io\n    repository: acme/churn\n    tag: v1\n",
            f"server:\n  image:\n    registry: ghcr.io\n    repository: acme/churn\n    tag: {PINNED}\n",
            id="helm-values",
        ),
        pytest.param(
            'spec:\n  source:\n    kustomize:\n      images: ["server=ghcr.io/acme/churn:v1"]\n',
            f'spec:\n  source:\n    kustomize:\n      images: ["server=ghcr.io/acme/churn:{PINNED}"]\n',
            id="argo-kustomize",
        ),
        pytest.param(
            "parameters:\n- {name: i.repository, value: ghcr.io/acme/churn}\n- {name: i.tag, value: v1}\n",
            "parameters:\n- {name: i.repository, value: ghcr.io/acme/churn}\n"
            f"- {{name: i.tag, value: {PINNED}}}\n",
            id="argo-helm",
        ),
        pytest.param(
            "kind: InferenceService\nspec: {predictor: {containers: [{image: 'ghcr.io/acme/churn:v1'}]}}\n",
            "kind: InferenceService\n"
            f"spec: {{predictor: {{containers: [{{image: 'ghcr.io/acme/churn:{PINNED}'}}]}}}}\n",
            id="inference-service",
        ),
    ],
)
def test_each_way_to_name_an_image_is_found_and_pinned(text, expected):
    assert deliver(text) == expected


def test_a_model_is_found_by_its_service():
    text = (
        "kind: InferenceService\nmetadata: {name: other}\nspec: {predictor: {model: {storageUri: s3://m/1}}}\n---\n"
        "kind: InferenceService\nmetadata: {name: churn}\nspec: {predictor: {model: {storageUri: s3://m/1}}}\n"
    )

    edited = deliver(text, Release(storage_uri="s3://m/2", service="churn"))

    assert edited == text[: text.rindex("s3://m/1")] + "s3://m/2" + text[text.rindex("s3://m/1") + 8 :]


def test_image_and_model_go_together():
    text = (
        "kind: InferenceService\nmetadata: {name: churn}\nspec:\n  predictor:\n"
        "    model: {storageUri: s3://m/1}\n    containers: [{image: ghcr.io/acme/churn:v1}]\n"
    )

    edited = deliver(text, Release(image=IMAGE.image, storage_uri="s3://m/2", service="churn"))

    assert "s3://m/2" in edited
    assert f"churn:v2@{DIGEST}" in edited


def test_two_places_are_refused_with_both_named_and_changed_when_asked():
    text = "a: {image: ghcr.io/acme/churn:v1}\nb:\n  image: ghcr.io/acme/churn:v1\n"

    with pytest.raises(RefusedError) as error:
        deliver(text)
    assert "2 places" in error.value.what
    assert "apps/churn.yaml:1 a.image" in error.value.what
    assert "apps/churn.yaml:3 b.image" in error.value.what
    assert deliver(text, everywhere=True).count("v2@") == 2


def test_the_environment_is_a_folder_above_the_file():
    text = f"images: [{{name: ghcr.io/acme/churn, digest: {OLD}}}]\n".encode()
    names = ("staging", "production", "staging-old")
    files = {f"apps/churn/overlays/{name}/kustomization.yaml": text for name in names}

    (place,) = find(files, IMAGE, scope=Scope(environment="staging"))

    assert place.path == "apps/churn/overlays/staging/kustomization.yaml"


def test_nothing_found_says_what_could_not_be_read():
    with pytest.raises(ConfigError) as error:
        deliver("image: {{ .Values.image }}\n{{- if .ghcr }} ghcr.io/acme/churn\n")

    assert "template" in error.value.what


def test_a_kustomization_without_a_tag_to_pin_is_refused():
    with pytest.raises(RefusedError, match="no `digest` key"):
        deliver("images: [{name: ghcr.io/acme/churn}]\n")


def test_entries_are_known_by_name_so_that_a_new_one_above_changes_nothing():
    entry = f"  - name: ghcr.io/acme/churn\n    digest: {OLD}\n"
    other = f"  - name: ghcr.io/acme/other\n    digest: {OLD}\n"
    found = [
        find({"k.yaml": f"images:\n{text}".encode()}, IMAGE, scope=Scope())[0].changes[0].identity
        for text in (entry, other + entry)
    ]

    assert found == ["images[ghcr.io/acme/churn].digest"] * 2


def test_every_file_that_can_match_holds_a_needle():
    assert needles(IMAGE) == ("acme/churn",)
    assert needles(Release(image=Image.parse("nginx:1"))) == ("nginx",)
    assert needles(Release(storage_uri="s3://m", service="churn")) == ("churn",)
