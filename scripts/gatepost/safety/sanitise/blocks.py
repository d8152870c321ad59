"""The blocks of a post: read from the parse tree, written anew, each apart from the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gatepost.safety import markdown
from gatepost.safety.sanitise import writing
from gatepost.safety.sanitise.html import Piece, pieces
from gatepost.safety.sanitise.inline import Node, Reader
from gatepost.safety.sanitise.page import Page
from gatepost.safety.sanitise.tree import Branch

# More cells than a person reads; GitHub itself stops drawing somewhere above.
MAX_ROWS = 200
MAX_COLUMNS = 20

# Folds within folds hide more than they order.
MAX_FOLDS = 3


@dataclass(slots=True)
class _Fold:
    """A `<details>` that has been opened, or the container itself."""

    summary: str | None = None
    blocks: list[str] = field(default_factory=list)
    drawn: bool = True


class Blocks:
    """Writes the children of one container."""

    def __init__(self, page: Page, *, folds: int = 0) -> None:
        self._page = page
        self._outer = folds
        self._stack = [_Fold()]
        self._reader: Reader | None = None

    def write(self, nodes: Sequence[Branch]) -> list[str]:
        """Write `nodes`; every fold opened among them is closed among them."""
        for node in nodes:
            if node.type == "html_block":
                self._html(node.token.content)
            else:
                self._add(self._block(node))
        while len(self._stack) > 1:
            self._close()
        return self._stack[0].blocks

    def _add(self, text: str) -> None:
        if text:
            self._stack[-1].blocks.append(text)

    def _inside(self, nodes: Sequence[Branch]) -> list[str]:
        return Blocks(self._page, folds=self._outer + len(self._stack) - 1).write(nodes)

    def _block(self, node: Branch) -> str:
        match node.type:
            case "paragraph":
                return writing.lines(self._read(node), self._page)
            case "heading":
                text = writing.one_line(self._read(node), self._page)
                return f"{'#' * int(node.token.tag[1])} {text}" if text else ""
            case "fence" | "code_block":
                language = node.token.info.split()[0] if node.token.info.split() else ""
                return markdown.block(self._page.without_secrets(node.token.content), language)
            case "blockquote":
                inner = "\n\n".join(self._inside(node.children))
                return _prefixed(inner, first="> ", rest="> ") if inner else ""
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "table":
                return self._table(node)
            case "hr":
                return "***"
            case _:
                return markdown.block(node.token.content)

    def _read(self, node: Branch) -> Node:
        reader = Reader(self._page.links)
        for child in node.children:
            reader.tokens(child.token.children or ())
        return reader.finish()

    def _list(self, node: Branch) -> str:
        start = int(node.token.attrs.get("start", 1)) if node.type == "ordered_list" else None
        tight = all(_is_tight(item) for item in node.children)
        items = []
        for number, item in enumerate(node.children):
            mark = "- " if start is None else f"{min(start + number, 999_999_999)}. "
            inner = ("\n" if tight else "\n\n").join(self._inside(item.children))
            if "```" in inner:
                # Four columns in, no line of code can be taken for a line of the post itself.
                mark = mark.ljust(4)
            items.append(_prefixed(inner, first=mark, rest=" " * len(mark)))
        return ("\n" if tight else "\n\n").join(items)

    def _table(self, node: Branch) -> str:
        rows = [row for part in node.children for row in part.children]
        shown = [row.children[:MAX_COLUMNS] for row in rows[: MAX_ROWS + 1]]
        written = [[writing.cell(self._read(cell), self._page) for cell in row] for row in shown]
        width = len(written[0])
        aligned = [_ALIGNED.get(str(cell.token.attrs.get("style", "")), "---") for cell in shown[0]]
        body = [cells + [""] * (width - len(cells)) for cells in written]
        body.insert(1, aligned)
        text = "\n".join(f"| {' | '.join(cells)} |" for cells in body)
        more_rows, more_columns = (
            max(0, len(rows) - MAX_ROWS - 1),
            max(0, len(rows[0].children) - MAX_COLUMNS),
        )
        if more_rows or more_columns:
            text += f"\n\n*Table cut: {more_rows} more rows, {more_columns} more columns.*"
        return text

    def _html(self, source: str) -> None:
        self._reader = None
        queue = pieces(source)
        at = 0
        while at < len(queue):
            piece = queue[at]
            at += 1
            if piece.name == "details" and piece.kind == "open":
                self._flush()
                self._stack.append(_Fold(drawn=self._outer + len(self._stack) <= MAX_FOLDS))
            elif piece.name == "details" and piece.kind == "close" and len(self._stack) > 1:
                self._flush()
                self._close()
            elif piece.name == "summary" and piece.kind == "open" and self._wants_summary():
                at = self._summary(queue, at)
            else:
                self._piece(piece)
        self._flush()

    def _wants_summary(self) -> bool:
        self._flush()
        return len(self._stack) > 1 and self._stack[-1].summary is None and not self._stack[-1].blocks

    def _summary(self, queue: list[Piece], at: int) -> int:
        reader = Reader(self._page.links)
        while at < len(queue) and queue[at].name not in {"summary", "details"}:
            _read_piece(reader, queue[at])
            at += 1
        node = reader.finish()
        fold = self._stack[-1]
        fold.summary = writing.as_html(node, self._page)
        if not fold.drawn:
            self._add(writing.lines(node, self._page))
        closed = at < len(queue) and queue[at].name == "summary" and queue[at].kind == "close"
        return at + 1 if closed else at

    def _piece(self, piece: Piece) -> None:
        if self._reader is None:
            self._reader = Reader(self._page.links)
        _read_piece(self._reader, piece)

    def _flush(self) -> None:
        if self._reader is not None:
            self._add(writing.lines(self._reader.finish(), self._page))
        self._reader = None

    def _close(self) -> None:
        fold = self._stack.pop()
        if not fold.drawn:
            self._stack[-1].blocks += fold.blocks
            return
        head = f"<details>\n<summary>{fold.summary}</summary>" if fold.summary else "<details>"
        if fold.blocks or fold.summary:
            self._add("\n\n".join([head, *fold.blocks, "</details>"]))


_ALIGNED = {"text-align:left": ":--", "text-align:center": ":-:", "text-align:right": "--:"}


def _read_piece(reader: Reader, piece: Piece) -> None:
    if piece.kind == "text":
        reader.text(piece.text)
    elif piece.kind == "other":
        reader.code(piece.text)
    else:
        reader.tag(piece.name, piece.text, closing=piece.kind == "close")


def _is_tight(item: Branch) -> bool:
    """Whether an item is one line of text, with at most bullets below: all that reads alike without gaps."""
    kinds = [child.type for child in item.children]
    return (
        kinds in ([], ["paragraph"], ["paragraph", "bullet_list"])
        and all(child.token.hidden for child in item.children if child.type == "paragraph")
        and all(_is_tight(below) for child in item.children[1:] for below in child.children)
    )


def _prefixed(text: str, *, first: str, rest: str) -> str:
    head, *tail = text.split("\n")
    lines = [first + head, *(rest + line for line in tail)]
    return "\n".join(line if line.strip() else "" for line in (line.rstrip() for line in lines))
