"""The text of one paragraph, heading or cell: read into a small tree, written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost.safety.sanitise.html import pieces
from gatepost.safety.sanitise.links import Links, shown
from gatepost.safety.visible import visible

if TYPE_CHECKING:
    from markdown_it.token import Token

# Markdown tokens and HTML tags with one meaning, and how it is written.
_SPANS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "del": "s", "strike": "s"}
_BARE_TAG = re.compile(r"</?[A-Za-z][\w.:-]*/?>")
_RAISED = {"sub": "sub", "sup": "sup", "kbd": "kbd"}


@dataclass(slots=True, kw_only=True)
class Node:
    """A piece of text with one meaning."""

    kind: str
    """`text`, `code`, `soft` and `hard` breaks, or a span of `children`: `group`, `link`, `strong`, …"""

    text: str = ""
    href: str = ""
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Frame:
    node: Node
    tag: str = ""
    """The HTML tag that opened it; empty for markdown's own spans."""

    raw: str = ""


class Reader:
    """Collects the content of one paragraph, from markdown tokens or from raw HTML."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._frames = [_Frame(node=Node(kind="group"))]

    def tokens(self, tokens: Iterable[Token]) -> None:
        """Read markdown's inline tokens."""
        for token in tokens:
            self._token(token)

    def text(self, text: str) -> None:
        """Add text; its line breaks stay line breaks."""
        for number, line in enumerate(visible(text).split("\n")):
            if number:
                self._add(Node(kind="soft"))
            self._add(Node(kind="text", text=line))

    def code(self, text: str) -> None:
        """Add text that shows as code."""
        self._add(Node(kind="code", text=visible(text)))

    def tag(self, name: str, raw: str, *, closing: bool) -> None:
        """Read one HTML tag: a span that is allowed and has both ends, or text that shows the tag."""
        kind = _SPANS.get(name) or _RAISED.get(name) or ("code" if name in {"code", "tt"} else "")
        if name == "br" and not closing:
            self._add(Node(kind="hard"))
        elif not kind:
            self._unknown(raw)
        elif not closing and not self._raised_already(kind):
            self._open(kind, tag=name, raw=raw)
        elif closing and self._frames[-1].tag == name:
            self._close()
        else:
            self.code(raw)

    def _unknown(self, raw: str) -> None:
        # `List<String>` and `<module>` are words; what has attributes reads better as code.
        if _BARE_TAG.fullmatch(raw):
            self.text(raw)
        else:
            self.code(raw)

    def html(self, source: str) -> None:
        """Read a stretch of HTML."""
        for piece in pieces(source):
            if piece.kind in {"open", "close"}:
                self.tag(piece.name, piece.text, closing=piece.kind == "close")
            elif piece.kind == "text":
                self.text(piece.text)
            else:
                self.code(piece.text)

    def finish(self) -> Node:
        """Return what was read; tags left open are shown as text."""
        while len(self._frames) > 1:
            self._unclosed()
        return self._frames[0].node

    def _raised_already(self, kind: str) -> bool:
        """Whether a tag of this kind is open, or, for raised text, any: text raised twice is hidden."""
        alike = _RAISED.keys() if kind in _RAISED else {kind}
        return any(frame.node.kind in alike for frame in self._frames)

    def _token(self, token: Token) -> None:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.type == "softbreak":
            self._add(Node(kind="soft"))
        elif token.type == "hardbreak":
            self._add(Node(kind="hard"))
        elif token.type == "code_inline":
            self.code(token.content)
        elif token.type == "html_inline":
            self.html(token.content)
        elif token.type == "image":
            self._image(token)
        elif token.nesting == 1:
            self._open(_SPANS.get(name, name), href=str(token.attrs.get("href", "")))
        elif token.nesting == -1:
            while self._frames[-1].tag:
                self._unclosed()
            self._close()
        else:
            self.text(token.content)

    def _image(self, token: Token) -> None:
        self.text(f"image: {' '.join(_words(token.children or ()))} (")
        self.code(shown(str(token.attrs.get("src", ""))))
        self.text(")")

    def _add(self, node: Node) -> None:
        self._frames[-1].node.children.append(node)

    def _open(self, kind: str, *, tag: str = "", raw: str = "", href: str = "") -> None:
        # A span inside its own kind says nothing: its content goes to the one around it.
        again = any(frame.node.kind == kind for frame in self._frames)
        node = self._frames[-1].node if again and kind != "link" else Node(kind=kind, href=href)
        self._frames.append(_Frame(node=node, tag=tag, raw=raw))

    def _close(self) -> None:
        node = self._frames.pop().node
        if node is self._frames[-1].node:
            return
        if node.kind == "code":
            self.code("".join(_text(node)))
        elif node.kind == "link" and not self._links.allowed(node.href):
            self._frames[-1].node.children += node.children
            if "".join(_text(node)) not in {target := shown(node.href), target.removeprefix("mailto:")}:
                self.text(" (")
                self.code(target)
                self.text(")")
        else:
            self._add(node)

    def _unclosed(self) -> None:
        frame = self._frames.pop()
        self.code(frame.raw)
        self._frames[-1].node.children += frame.node.children


def leaves(node: Node) -> Iterator[Node]:
    """Yield what `node` is made of, in order; a link before its content."""
    for child in node.children:
        if child.kind == "link":
            yield child
        if child.children:
            yield from leaves(child)
        elif child.kind != "link":
            yield child


def _text(node: Node) -> Iterator[str]:
    for leaf in leaves(node):
        yield leaf.text if leaf.kind in {"text", "code"} else " " if leaf.kind in {"soft", "hard"} else ""


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        yield from _words(token.children) if token.children else [token.content]
