"""The page that shows the story: every push, gate, verdict, artifact and post, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jinja2
from markdown_it import MarkdownIt
from markupsafe import Markup
from steps import Step

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that somebody may want to open, relative to the page."""

    name: str
    path: str
    picture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One push and what became of it."""

    name: str
    commit: str
    steps: tuple[Step, ...]
    stopped_by: str
    outcome: str
    post: str = ""
    """Markdown, as it would be posted: sanitised."""

    diff: str = ""
    artifacts: tuple[Artifact, ...] = ()


def write(target: Path, *, chapters: tuple[Chapter, ...], left_out: tuple[str, ...], seconds: float) -> None:
    """Render the page; what is not a post is escaped."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    # A post has been through the sanitiser: what HTML is left in it is only <details> and its kin.
    environment.filters["post"] = lambda text: Markup(markdown.render(text))  # noqa: S704
    page = environment.get_template("page.html.j2").render(
        chapters=chapters, left_out=left_out, seconds=seconds
    )
    target.write_text(page, encoding="utf-8")
