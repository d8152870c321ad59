"""A paragraph's tree as markdown that every reader of GitHub's dialect takes alike."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatepost.safety import markdown
from gatepost.safety.acting import CODE, defuse, spans, without_formulas
from gatepost.safety.sanitise.inline import Node, leaves
from gatepost.safety.sanitise.page import Page
from gatepost.safety.visible import folded

_MARKS = {"strong": ("**", "**"), "em": ("*", "*"), "s": ("~~", "~~")}
_TAGS = {kind: (f"<{kind}>", f"</{kind}>") for kind in ("sub", "sup", "kbd")}
_KEYWORD = re.compile(
    r"(?:clos|fix|resolv|implement|address|duplicat)[a-z]*(?:[\s:*_-]+of)?[\s:*_~(\"'-]*\Z", re.IGNORECASE
)
# The words before a link that can make it act; longer than any keyword with its punctuation.
_REACH = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """What is written next: `text` to escape, `code`, or `markup` of our own."""

    kind: str
    text: str


def lines(node: Node, page: Page) -> str:
    """Write `node` as a paragraph: one or more lines, none blank; empty when nothing shows."""
    return _joined(_written(node, page, escape=markdown.escape, code=markdown.code), hard="\\\n", soft="\n")


def one_line(node: Node, page: Page) -> str:
    """Write `node` on one line, as a heading needs it."""
    return _joined(_written(node, page, escape=markdown.escape, code=markdown.code), hard=" ", soft=" ")


def cell(node: Node, page: Page) -> str:
    """Write `node` as a table's cell."""
    parts = _written(node, page, escape=markdown.escape, code=_cell_code)
    return _joined(parts, hard="<br>", soft=" ")


def as_html(node: Node, page: Page) -> str:
    """Write `node` as HTML on one line, for a summary: text and code only."""
    parts = _written(node, page, escape=_html_text, code=_html_code, bare=True)
    return _joined(parts, hard=" ", soft=" ")


def _cell_code(text: str) -> str:
    # A bar splits the row even inside code; readers disagree about one that follows a backslash.
    return markdown.code(re.sub(r"\\(?=\|)", r"\\ ", text)).replace("|", "\\|")


def _html_text(text: str) -> str:
    return html.escape(without_formulas(defuse(text, inline=True)), quote=False)


def _html_code(text: str) -> str:
    return f"<code>{_html_text(text)}</code>" if text.strip() else ""


def _joined(written: str, *, hard: str, soft: str) -> str:
    rows = [[line.strip() for line in row.split("\n")] for row in written.split("\r")]
    kept = [soft.join(line for line in row if line) for row in rows]
    return hard.join(row for row in kept if row)


def _written(
    node: Node, page: Page, *, escape: Callable[[str], str], code: Callable[[str], str], bare: bool = False
) -> str:
    """Write `node` with `\\n` for soft and `\\r` for hard breaks; `bare` leaves out all markup."""
    node = _without_secrets(node, page)
    acting = _acting(node, page)
    merged: list[_Part] = []
    for part in _parts(node, acting, page, bare=bare):
        if merged and part.kind == merged[-1].kind != "markup":
            merged[-1] = _Part(part.kind, merged[-1].text + part.text)
        elif part.text:
            merged.append(part)
    write: dict[str, Callable[[str], str]] = {"text": escape, "code": code}
    return "".join(write[part.kind](part.text) if part.kind in write else part.text for part in merged)


def _without_secrets(node: Node, page: Page) -> Node:
    """Return `node`, or its text alone when a secret shows only once the markup is read."""
    flat = "".join(
        leaf.text if leaf.kind in {"text", "code"} else "\n" if leaf.kind == "soft" else ""
        for leaf in leaves(node)
    )
    clean = page.without_secrets(flat)
    if clean == flat:
        return node
    return Node(kind="group", children=[Node(kind="text", text=" ".join(clean.split("\n")))])


def _acting(node: Node, page: Page) -> dict[int, list[tuple[int, int]]]:
    """Find what must show as code: for each text leaf, by identity, the parts of it."""
    flat: list[str] = []
    placed: list[tuple[int, Node, list[int]]] = []
    size = 0
    for leaf in leaves(node):
        text = {"text": leaf.text, "code": CODE, "soft": "\n"}.get(leaf.kind, "")
        if leaf.kind == "link" and page.links.is_thread(leaf.href):
            if _KEYWORD.search("".join(flat[-_REACH:])[-_REACH:]):
                leaf.kind = "group"
            continue
        shown, origin = folded(text) if leaf.kind == "text" else (text, [])
        if leaf.kind == "text":
            placed.append((size, leaf, origin))
        flat.append(shown)
        size += len(shown)
    marked: dict[int, list[tuple[int, int]]] = {}
    found = iter(spans("".join(flat)))
    span = next(found, None)
    for offset, leaf, origin in placed:
        stop = offset + len(origin) - 1
        while span and span[1] <= offset:
            span = next(found, None)
        while span and span[0] < stop:
            first, last = max(span[0], offset) - offset, min(span[1], stop) - offset
            marked.setdefault(id(leaf), []).append((origin[first], origin[last - 1] + 1))
            if span[1] > stop:
                break
            span = next(found, None)
    return marked


def _parts(
    node: Node, acting: dict[int, list[tuple[int, int]]], page: Page, *, bare: bool
) -> Iterator[_Part]:
    for child in node.children:
        if child.kind == "text":
            yield from _text_parts(child, acting.get(id(child), []))
        elif child.kind == "code":
            yield _Part("code", " ".join(child.text.split("\n")))
        elif child.kind in {"soft", "hard"}:
            yield _Part("markup", "\n" if child.kind == "soft" else "\r")
        else:
            inner = list(_parts(child, acting, page, bare=bare))
            yield from inner if bare else _enclosed(child, inner)


def _text_parts(leaf: Node, acting: list[tuple[int, int]]) -> Iterator[_Part]:
    done = 0
    for start, end in acting:
        if start < done:
            continue
        yield _Part("text", leaf.text[done:start])
        yield _Part("code", leaf.text[start:end])
        done = end
    yield _Part("text", leaf.text[done:])


def _enclosed(span: Node, inner: list[_Part]) -> Iterator[_Part]:
    """Put a span's marks around what it holds, with no space or line break inside them."""
    if span.kind not in _MARKS:
        inner = [_Part("text", " ") if part.text in {"\n", "\r"} else part for part in inner]
    blank = [not part.text.strip() for part in inner]
    if all(blank) or span.kind == "group":
        yield from inner
        return
    first, last = blank.index(False), len(inner) - blank[::-1].index(False)
    left, right = _MARKS.get(span.kind) or _TAGS.get(span.kind) or ("[", f"]({span.href})")
    body = inner[first:last]
    head, tail = body[0], body[-1]
    space_before = " " if head.kind == "text" and head.text != head.text.lstrip() else ""
    space_after = " " if tail.kind == "text" and tail.text != tail.text.rstrip() else ""
    if head.kind == "text":
        body[0] = _Part("text", body[0].text.lstrip())
    if tail.kind == "text":
        body[-1] = _Part("text", body[-1].text.rstrip())
    yield from inner[:first]
    yield from (_Part("text", space_before), _Part("markup", left))
    yield from body
    yield from (_Part("markup", right), _Part("text", space_after))
    yield from inner[last:]
