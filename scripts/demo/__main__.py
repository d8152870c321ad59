"""
The whole story on one machine: `make demo`.

A data scientist pushes a model; every gate runs for real; the manifests repository gets one commit.
Then further pushes break something, each stops at its gate, and each is explained. Ends with a page.
The exit code is 0 only when everything happened as the story says.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import time

from delivery import Delivery
from images import Means, Registry
from page import Chapter, write
from repositories import ROOT, make_manifests_repository, make_model_repository
from steps import say, use_cached_tools
from story import PUSHES

OUT = ROOT / "build" / "demo"


def main() -> int:
    """Tell the story; return 1 when it went otherwise."""
    started = time.monotonic()
    use_cached_tools()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    say("== Two repositories: one trains the model, one says what the cluster runs")
    model = make_model_repository(OUT / "model-source")
    means = Means.look(model / "Dockerfile")
    with contextlib.ExitStack() as running:
        registry = "" if means.lacks_push else running.enter_context(Registry(OUT / "registry")).host
        manifests = make_manifests_repository(OUT / "infra-manifests.git", registry=registry)
        delivery = Delivery.prepare(model=model, manifests=manifests, out=OUT, means=means, registry=registry)
        return tell(delivery, started=started)


def tell(delivery: Delivery, *, started: float) -> int:
    """Make every push, and write the page."""
    for line in delivery.left_out:
        say(f"   left out on this machine: {line}")
    chapters: list[Chapter] = []
    wrong = []
    for number, push in enumerate(PUSHES, 1):
        say(f"\n== Push {number}: {push.name}")
        chapter = delivery.deliver(number, push)
        chapters.append(chapter)
        say(f"   => {chapter.outcome}")
        if chapter.stopped_by != push.stopped_by:
            expected = f"stopped by {push.stopped_by}" if push.stopped_by else "delivered"
            wrong.append(f"{push.name!r} should have been {expected}: {chapter.outcome}")
        if push.stopped_by and not chapter.post:
            wrong.append(f"{push.name!r} was not explained")
    page = OUT / "index.html"
    write(page, chapters=tuple(chapters), left_out=delivery.left_out, seconds=time.monotonic() - started)
    delivered = sum(not chapter.stopped_by for chapter in chapters)
    say(f"\n{len(chapters)} pushes, {delivered} delivered. The page: {page.relative_to(ROOT)}")
    for line in wrong:
        say(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
