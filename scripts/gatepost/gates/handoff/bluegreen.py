"""Two colours of one workload and the Service that points at one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.places import Change, Document, Place
from gatepost.manifests.search import listing

COLOURS = ("blue", "green")
_WORD = re.compile(r"(?<![A-Za-z])(?:blue|green)(?![A-Za-z])")


def other(colour: str) -> str:
    """Return the opposite colour."""
    return COLOURS[1 - COLOURS.index(colour)]


def selector(documents: Sequence[Document], *, service: str) -> Change:
    """Return the change that switches the Service's selector to the other colour."""
    found = []
    for document in documents:
        spec = document.root.get("spec")
        chosen = spec.get("selector") if spec else None
        if document.root.scalar("kind") == "Service" and chosen:
            found += [
                document.change(("spec", "selector", key.text), value, other(value.text))
                for key, value in chosen.pairs
                if value.text in COLOURS
            ]
    if len(found) > 1:
        found = [c for c in found if c.identity.startswith(f"Service/{service}:")] or found
    if len(found) != 1:
        where = ", ".join(f"{c.path} {c.identity}" for c in found) or "none"
        raise (RefusedError if found else ConfigError)(
            f"blue-green needs one Service whose selector says blue or green, and there is: {where}",
            fix="name the environment or the path, and give the Service the name of the handoff",
        )
    return found[0]


def idle(places: Sequence[Place], *, active: str) -> Place:
    """Return the place of the colour that gets no traffic."""
    colours = {place: set(_WORD.findall(f"{place.path} {place.identity}")) for place in places}
    found = [place for place, words in colours.items() if words == {other(active)}]
    if len(found) != 1 or len(places) != len(COLOURS):
        raise RefusedError(
            f"blue-green needs one {other(active)} and one {active} place for the image: {listing(places)}",
            fix="name the two workloads (or their files) with `blue` and `green`",
        )
    return found[0]
