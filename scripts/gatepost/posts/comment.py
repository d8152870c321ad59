"""One comment per conversation, on a pull request or a commit, however many jobs race to write it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from gatepost.clients.github_talk import CommentPayload, Comments
from gatepost.errors import GatepostError
from gatepost.model import Post, Run
from gatepost.posts.body import Telling, resolved
from gatepost.report import marker

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class CommentOutlet:
    """Writes or edits the one comment with a post's key."""

    name: str
    comments: Comments
    login: str
    """Our own; a marker in anyone else's comment means nothing."""

    telling: Telling
    news: bool = field(default=False, init=False)
    """Whether the last `publish` told its readers something new."""

    def publish(self, post: Post) -> str:
        """Edit our comment, or write one; when others wrote one meanwhile, the oldest stays."""
        own = self._own(post.key)
        if own:
            return self._edit(own[0], extra=own[1:])
        self.news = True
        made = self.comments.create(self.telling.text(None))
        if made.user and made.user.login != self.login:
            log.warning("posts are written as %s, not %s: set `post.login`", made.user.login, self.login)
            return made.html_url
        own = self._own(post.key) or [made]
        if own[0].id == made.id:
            self._delete(own[1:])
            return made.html_url
        return self._edit(own[0], extra=own[1:])

    def _own(self, key: str) -> list[CommentPayload]:
        return own_comments(self.comments, login=self.login, key=key)

    def _edit(self, comment: CommentPayload, *, extra: list[CommentPayload]) -> str:
        self._delete(extra)
        before = marker.read(comment.body or "")
        if before and self.telling.outdated(before):
            return comment.html_url
        self.news = self.telling.news(before)
        text = self.telling.text(before)
        if text != comment.body:
            self.comments.edit(comment.id, text)
        return comment.html_url

    def _delete(self, extra: list[CommentPayload]) -> None:
        """Remove our duplicates. Another job may be removing them too, so a failure is only noted."""
        for comment in extra:
            try:
                self.comments.delete(comment.id)
            except GatepostError as error:
                log.info("a duplicate comment stays or is gone: %s", error)


def own_comments(comments: Comments, *, login: str, key: str) -> list[CommentPayload]:
    """Return our own comments of one conversation, oldest first."""
    found = [
        comment
        for comment in comments.every()
        if comment.user
        and comment.user.login == login
        and (known := marker.read(comment.body or ""))
        and known.key == key
    ]
    return sorted(found, key=lambda comment: comment.id)


def resolve_comments(comments: Comments, *, login: str, key: str, run: Run) -> list[str]:
    """Mark our comments of one conversation as resolved by the green `run`; return their links."""
    done = []
    for comment in own_comments(comments, login=login, key=key):
        if text := resolved(comment.body or "", run=run):
            comments.edit(comment.id, text)
            done.append(comment.html_url)
    return done
