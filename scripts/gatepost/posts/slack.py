"""The summary for Slack: what failed, by type, with a link to the post. Untrusted text stays plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gatepost.clients.slack import Slack
from gatepost.model import Analysis, Cause, Post, Run
from gatepost.safety import redact
from gatepost.safety.markdown import plain
from gatepost.safety.visible import visible

_CAUSES = 5
_HEADER = 150  # what Slack allows
_SCHEME = re.compile(r"\b(?:https?|ftp|slack|mailto):/*", re.IGNORECASE)
_DOT = re.compile(r"(?<=\w)\.(?=[A-Za-z]{2,}\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOutlet:
    """Tells one channel about a post; a webhook cannot edit, so it is used for news only."""

    name: str
    slack: Slack
    run: Run
    analysis: Analysis
    link: str
    """Of the post; else of the run."""

    def publish(self, post: Post) -> str:
        """Send the summary; return nothing, since a webhook gives no link."""
        self.slack.send(failed(self.run, self.analysis, link=self.link, title=post.title))
        return ""


def failed(run: Run, analysis: Analysis, *, link: str, title: str) -> dict[str, Any]:
    """Return the message about a failed run; `title` is what a notification shows."""
    where = f" on {run.branch}" if run.branch else ""
    head = text(f"❌ {run.workflow} failed{where}", most=_HEADER)
    causes = [_cause(cause) for cause in analysis.causes[:_CAUSES]]
    if (left := len(analysis.causes) - _CAUSES) > 0:
        causes.append(f"and {left} more")
    return _message(
        head, "\n".join(causes), run=run, link=link, word="Read the explanation", title=text(title, most=300)
    )


def green(run: Run, *, link: str) -> dict[str, Any]:
    """Return the message that closes the story."""
    where = f" on {run.branch}" if run.branch else ""
    head = text(f"✅ {run.workflow} is green again{where}", most=_HEADER)
    return _message(head, "", run=run, link=link, word="What it was", title=head)


def text(words: str, *, most: int) -> str:
    """Return untrusted words as plain text in which Slack finds nothing to link or to notify."""
    words = _SCHEME.sub("", plain(str(redact(visible(words))), limit=most))
    # A word joiner keeps a bare domain from becoming a link; nobody sees it.
    return _DOT.sub(".\u2060", words)[:most]


def _cause(cause: Cause) -> str:
    jobs = f" ({len(cause.subjects)} jobs)" if len(cause.subjects) > 1 else ""
    lines = [f"• {cause.failure.value}: {text(cause.title, most=250)}{jobs}"]
    if cause.fix:
        lines.append(f"   Fix: {text(cause.fix, most=250)}")
    return "\n".join(lines)


def _message(head: str, causes: str, *, run: Run, link: str, word: str, title: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(head)}]
    if causes:
        blocks.append({"type": "section", "text": _plain(causes)})
    url = link if re.fullmatch(r"https?://[^\s<>|]+", link) else run.url
    blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": f"<{url}|{word}>"}})
    blocks.append({"type": "context", "elements": [_plain(text(run.repository, most=150) or "-")]})
    return {"text": _escaped(title), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _escaped(words: str) -> str:
    """Escape what the top-level text, unlike a plain block, would read as `<!channel>` or a link."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}
