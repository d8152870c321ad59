"""Raw HTML in markdown, as a list of tags, texts and everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of a stretch of HTML."""

    kind: str
    """`text`, `open`, `close`, or `other` for comments, declarations and instructions."""

    text: str
    """Decoded for `text`; as it was written for the rest."""

    name: str = ""
    """The tag, in lower case."""


def pieces(source: str) -> list[Piece]:
    """Split `source` into its parts, in order. Never fails: what is no HTML is text."""
    parser = _Parser()
    parser.feed(source)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """Read on as usual inside `<script>` and its like: their text is shown, not run."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's own signature
        raw = self.get_starttag_text() or f"<{tag}>"
        self.found.append(Piece(kind="open", text=raw, name=tag))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(Piece(kind="close", text=f"</{tag}>", name=tag))

    def parse_endtag(self, i: int) -> int:
        """Keep the tag as it was written, and what is no tag after all."""
        before = len(self.found)
        end = super().parse_endtag(i)
        if end > i and len(self.found) == before:
            self._other(self.rawdata[i:end])
        elif end > i and self.found[-1].kind == "close":
            self.found[-1] = replace(self.found[-1], text=self.rawdata[i:end])
        return end

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.found.append(Piece(kind="text", text=data))

    def handle_comment(self, data: str) -> None:
        self._other(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._other(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._other(f"<?{data}>")

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - the base class's own signature
        """Show `<![…]>` as it was written; the base class gives up on sections it does not know."""
        end = self.rawdata.find(">", i)
        if end < 0:
            return -1
        self._other(self.rawdata[i : end + 1])
        return end + 1

    def _other(self, raw: str) -> None:
        self.found.append(Piece(kind="other", text=raw))
