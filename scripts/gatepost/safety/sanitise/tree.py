"""The parser's flat list of tokens as a tree of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(slots=True)
class Branch:
    """One block of the parse tree."""

    token: Token
    children: list[Branch] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The block's kind, such as `paragraph`."""
        return self.token.type.removesuffix("_open")


def branches(tokens: Sequence[Token]) -> list[Branch]:
    """Arrange the parser's flat list of tokens as a tree; the text of paragraphs stays with its token."""
    top: list[Branch] = []
    inside = [top]
    for token in tokens:
        if token.nesting == -1:
            inside.pop()
            continue
        inside[-1].append(branch := Branch(token))
        if token.nesting == 1:
            inside.append(branch.children)
    return top
