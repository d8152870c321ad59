"""The whole text of a post as it is sent: what was rendered, how often it was seen, who is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gatepost.config import Route
from gatepost.model import Post, Run
from gatepost.posts.layout import Links
from gatepost.report import marker
from gatepost.report.earlier import Earlier
from gatepost.report.marker import Marker
from gatepost.safety import SafeMarkdown, sanitise
from gatepost.safety.markdown import inline

MOST_BYTES = 65_535
"""GitHub refuses a body of 65,536 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One post about one run, on its way to the places where people read it."""

    post: Post
    run: Run
    route: Route
    at: datetime
    earlier: tuple[Earlier, ...] = ()
    """What the model said this time, to be kept for the next."""

    def text(self, before: Marker | None) -> str:
        """Compose the body, given what the post at this place remembered so far."""
        now = self.remembered(before)
        parts = [str(self.post.body).rstrip("\n")]
        if again := _again(now):
            parts.append(again)
        if self.route.mentions:
            parts.append("cc " + " ".join(f"@{name}" for name in self.route.mentions))
        return "\n\n".join([*parts, now.line()])

    def remembered(self, before: Marker | None) -> Marker:
        """Return what the post at this place remembers from now on."""
        start = before or Marker(key=self.post.key, run_id=0, attempt=0)
        now = start.after(
            run_id=self.run.run_id,
            attempt=self.run.attempt,
            fingerprints=self.post.fingerprints,
            at=self.at,
        )
        fresh = {e.cause.fingerprint for e in self.earlier}
        kept = tuple(e for e in now.earlier if e.cause.fingerprint not in fresh)
        return replace(now, earlier=(*self.earlier, *kept))

    def outdated(self, before: Marker) -> bool:
        """Whether the place shows a newer run already, or a later attempt of this one."""
        return (before.run_id, before.attempt) > (self.run.run_id, self.run.attempt)

    def news(self, before: Marker | None) -> bool:
        """Whether a reader of the place learns something: another run failed, or it fails otherwise."""
        if before is None or before.resolved or before.run_id != self.run.run_id:
            return True
        return set(before.fingerprints) != set(self.post.fingerprints)


def _again(now: Marker) -> str:
    """Say since when the failure recurs; nothing when it is the first time."""
    seen = [now.seen[name] for name in now.fingerprints if name in now.seen and now.seen[name].count > 1]
    if not seen:
        return ""
    longest = max(seen, key=lambda s: s.count)
    return f"🔁 Seen in {longest.count} runs since {longest.first.date().isoformat()}."


def resolved(body: str, *, run: Run) -> str | None:
    """
    Return an own post's body, marked as resolved by the green `run`; `None` when there is nothing to mark.

    The old text is sanitised again: it comes from outside.
    """
    before = marker.read(body)
    if before is None or before.resolved or run.run_id < before.run_id:
        return None
    heading, _, rest = marker.without(body).partition("\n")
    links = Links.to(run)
    link = links.own(run.url)
    name = inline(f"{run.workflow}, run {run.run_id}")
    text = "\n\n".join(
        [
            f"### ✅ Resolved by {f'[{name}]({link})' if link else name}",
            f"~~{heading.lstrip('# ').strip()}~~",
            "<details><summary>What it was</summary>",
            rest.strip(),
            "</details>",
        ]
    )
    safe: SafeMarkdown = sanitise(
        text, repository=run.repository, server=links.server, max_bytes=MOST_BYTES - marker.MOST_BYTES - 200
    )
    return f"{str(safe).rstrip()}\n\n{replace(before, resolved=True).line()}"
