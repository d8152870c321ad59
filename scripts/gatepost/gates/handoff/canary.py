"""KServe's share of traffic for a new version, and when it can be had."""

from __future__ import annotations

from collections.abc import Sequence

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.places import Change, Document

SETTING = "canaryTrafficPercent"
MODE = "serving.kserve.io/deploymentMode"

_KEY = ("spec", "predictor", SETTING)
_WITH_TRAFFIC = frozenset({"serverless", "knative"})


def percent_of(documents: Sequence[Document], *, service: str) -> tuple[Document, int] | None:
    """Return the document that sets the service's canary percentage, and the percentage."""
    found = []
    for document in documents:
        if document.title == f"InferenceService/{service}" and (text := document.root.scalar(*_KEY)):
            if not text.isdecimal() or int(text) > 100:
                raise ConfigError(
                    f"{document.path} sets canaryTrafficPercent to {text!r}",
                    fix="write a number from 0 to 100",
                )
            found.append((document, int(text)))
    if len(found) > 1:
        where = ", ".join(document.path for document, _ in found)
        raise RefusedError(
            f"canaryTrafficPercent of {service} is set in several files: {where}",
            fix="name the environment or the path",
        )
    return found[0] if found else None


def share(documents: Sequence[Document], *, service: str, percent: int) -> Change:
    """Return the change that gives the newest version `percent` of the traffic."""
    found = percent_of(documents, service=service)
    if found is None:
        raise RefusedError(
            f"no InferenceService named {service!r} sets spec.predictor.canaryTrafficPercent",
            fix="add `canaryTrafficPercent: 100` (no canary) under spec.predictor, or use rolling",
        )
    document, _ = found
    node = document.root
    for part in _KEY:
        node = node.get(part) or node
    return document.change(_KEY, node, percent)


def require_traffic_split(documents: Sequence[Document], *, service: str) -> None:
    """
    Refuse a canary where KServe would ignore the percentage.

    It splits traffic in Knative (Serverless) mode only. `documents` is every one in the repository,
    because the annotation may stand in a base.
    """
    modes = {
        annotations.scalar(MODE): document.path
        for document in documents
        if document.title == f"InferenceService/{service}"
        and (metadata := document.root.get("metadata"))
        and (annotations := metadata.get("annotations"))
        and annotations.get(MODE)
    }
    for mode, path in modes.items():
        if mode.lower() not in _WITH_TRAFFIC:
            raise RefusedError(
                f"{path} runs {service} in {mode} mode, where KServe ignores canaryTrafficPercent",
                fix="use rolling, or deliver to a second InferenceService that takes a share of the requests",
            )
    if not modes:
        raise RefusedError(
            f"{service} does not say its deployment mode, and KServe splits traffic in Knative mode only",
            fix=f"add the annotation `{MODE}: Knative` if the cluster runs it so, or use rolling",
        )


def next_step(percent: int, steps: Sequence[int]) -> int:
    """Return the step after `percent`; 100 when it is the last."""
    return next((step for step in steps if step > percent), 100)
