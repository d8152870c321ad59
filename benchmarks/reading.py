"""A second reader of our markdown: GitHub's own renderer, then a browser's parser, then plain questions."""

from __future__ import annotations

import html
import re
import unicodedata

import cmarkgfm
from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

REPOSITORY = "acme/repo"
FOOTER = "The footer that the poster adds"

_ALLOWED: dict[str, tuple[str, ...]] = {
    "html": (), "head": (), "body": (), "p": (), "br": (), "hr": (), "strong": (), "em": (), "del": (),
    "pre": (), "blockquote": (), "ul": (), "li": (), "summary": (), "details": (), "table": (), "thead": (),
    "tbody": (), "tr": (), "sub": (), "sup": (), "kbd": (), "h1": (), "h2": (), "h3": (), "h4": (), "h5": (),
    "h6": (), "a": ("href",), "code": ("class",), "ol": ("start",), "td": ("align",), "th": ("align",),
}  # fmt: skip
_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
_SLASH_COMMAND = re.compile(
    r"[\s>*+\-.\d|]*/(?:approve|merge|lgtm|retest|deploy|close|test|ask|assign|rebase|hold|cc)(?![\w/.-])",
    re.IGNORECASE,
)


def rendered(markdown: str) -> str:
    """Return the HTML of GitHub's renderer without its last filter, which is stricter than GitHub."""
    return cmarkgfm.markdown_to_html_with_extensions(
        markdown,
        options=Options.CMARK_OPT_UNSAFE,
        extensions=["table", "autolink", "strikethrough", "tasklist"],
    )


def page(markdown: str) -> BeautifulSoup:
    """Return what a browser makes of `markdown`."""
    return BeautifulSoup(rendered(markdown), "html5lib")


def outline(html_text: str) -> list[str]:
    """Return tags and texts in order, to compare what two renderers read."""
    found: list[str] = []
    for item in BeautifulSoup(html_text, "html5lib").body.descendants:
        if isinstance(item, Tag):
            # Renderers differ in how much air an item after a rule has; nothing is read into it.
            if item.name == "p" and item.parent.name == "li":
                continue
            found.append(f"<{item.name} {item.get('href', '')}>")
        elif words := "".join(str(item).split()):
            if found and not found[-1].startswith("<"):
                found[-1] += words
            else:
                found.append(words)
    return found


def other_outline(markdown: str) -> list[str]:
    """Return the outline that an unrelated renderer gives."""
    other = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return outline(other.render(markdown).replace("<s>", "<del>").replace("</s>", "</del>"))


def faults(markdown: str, *, repository: str = REPOSITORY) -> list[str]:
    """Return everything in `markdown` that could act, hide, load or escape; empty when it is inert."""
    root = f"https://github.com/{repository}/"
    return [*_faults_of_page(page(markdown), root), *_faults_of_raw(markdown), *_faults_of_end(markdown)]


def _faults_of_page(soup: BeautifulSoup, root: str) -> list[str]:
    found = [f"tag {tag.name}" for tag in soup.find_all(True) if tag.name not in _ALLOWED]
    for tag in soup.find_all(True):
        found += [f"attribute {tag.name} {key}" for key in tag.attrs if key not in _ALLOWED.get(tag.name, ())]
        if tag.name == "a" and not _stays(str(tag.get("href", "")), root):
            found.append(f"link {tag.get('href')}")
        if tag.name == "code" and set(tag.get("class", [])) & {
            "language-mermaid",
            "language-math",
            "language-stl",
        }:
            found.append("drawing")
    found += ["comment" for text in soup.find_all(string=True) if isinstance(text, Comment)]
    text = unicodedata.normalize("NFKC", _prose(soup))
    for name, pattern in {
        "mention": r"(?<![A-Za-z0-9])@[A-Za-z0-9]",
        "reference": r"#\d|\bGH-\d",
        "commit": r"\b[0-9a-f]{40}\b",
        "address": r"https?://|www\.",
        "formula": r"\$\S[^$]*(?<=\S)\$(?![A-Za-z0-9])",
    }.items():
        if match := re.search(pattern, text, re.IGNORECASE):
            found.append(f"{name} {match[0]}")
    return found


def _stays(href: str, root: str) -> bool:
    return href.startswith(("#", root)) and ".." not in href and "%2e" not in href.lower()


def _prose(soup: BeautifulSoup) -> str:
    """Return the text outside code, joined as a reader of the whole paragraph joins it."""
    parts = []
    for item in soup.descendants:
        if type(item) is NavigableString:
            coded = any(parent.name in {"code", "pre"} for parent in item.parents)
            parts.append("\x01" if coded else str(item))
    return "".join(parts)


def _faults_of_raw(markdown: str) -> list[str]:
    found = []
    decoded = unicodedata.normalize("NFKC", html.unescape(markdown))
    for text in (markdown, decoded):
        for line in _BREAK.split(text):
            if re.match(r"\s*::[A-Za-z]", line) or ("##[" in line and text is markdown):
                found.append(f"workflow command {line!r}")
        for line in re.split(r"<br\s*/?>", "\n".join(_BREAK.split(text))):
            found += [f"slash command {part!r}" for part in line.split("\n") if _SLASH_COMMAND.match(part)]
        if re.search(r"<!--\s*(gatepost|[a-z]+-bot)", text, re.IGNORECASE):
            found.append("marker")
    if hidden := re.search(
        "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff\x00\x1b]", markdown
    ):
        found.append(f"hidden {hidden[0]!r}")
    return found


def _faults_of_end(markdown: str) -> list[str]:
    """Return whether what is posted below `markdown` would not stand on its own."""
    soup = page(f"{markdown}\n\n{FOOTER}\n\n<!-- marker -->\n")
    footers = [p for p in soup.find_all("p") if p.get_text().strip() == FOOTER and p.parent.name == "body"]
    markers = [c for c in soup.find_all(string=lambda s: isinstance(s, Comment)) if c.strip() == "marker"]
    return [] if len(footers) == len(markers) == 1 else ["swallows what follows"]
