"""Which links may stay: those into the repository that the post is about, and to places in the post."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_ANCHOR = re.compile(r"#[A-Za-z0-9_-]+")
# No brackets, quotes, `@`, `;` or backslash: nothing that another reader could end the link at.
_REST = re.compile(r"[A-Za-z0-9._~/%#=&+,:?-]+")
_THREAD = re.compile(r"(?:issues|pull|discussions)/\d+")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Judges link targets for posts in one repository."""

    root: str
    """Such as `https://github.com/acme/repo/`."""

    def allowed(self, href: str) -> bool:
        """Whether a link to `href` stays within the repository, however a browser decodes it."""
        if _ANCHOR.fullmatch(href):
            return True
        if not href.startswith(self.root) or not _REST.fullmatch(rest := href[len(self.root) :]):
            return False
        once = unquote(rest)
        path = re.split(r"[?#]", unquote(once))[0]
        return (
            once.isprintable()
            and "\\" not in path
            and "@" not in once
            and not {"", ".", ".."} & set(path.rstrip("/").split("/"))
        )

    def is_thread(self, href: str) -> bool:
        """Whether `href` is an issue, pull request or discussion, which a closing keyword would act on."""
        return href.startswith(self.root) and bool(_THREAD.match(href, len(self.root)))


def shown(href: str) -> str:
    """Return what a reader is shown in place of a link: web addresses as they are, others by scheme only."""
    scheme = _SCHEME.match(href)
    if scheme and scheme[1].lower() not in {"http", "https", "ftp", "mailto"}:
        return f"{scheme[1].lower()} link"
    return unquote(href) if "%" in href and unquote(href).isprintable() and " " not in unquote(href) else href
