"""Untrusted text as markdown that reads as that text: escaped, as code, or as a plain title."""

from __future__ import annotations

import re

from gatepost.safety.acting import defuse, spans
from gatepost.safety.visible import folded, visible

_SPECIAL = re.compile(
    r"[\\*\[\]<>#~|!]"
    r"|&(?=[#A-Za-z])"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
    # After a letter a slash begins no command, and after a letter or digit `::` none either.
    r"|(?<![A-Za-z_:/])/"
    r"|(?<![A-Za-z0-9]):(?=:)"
    r"|^[-+=:]"
    r"|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d{3})[.)]|(?<=^\d{4})[.)]|(?<=^\d{5})[.)]"
    r"|(?<=^\d{6})[.)]|(?<=^\d{7})[.)]|(?<=^\d{8})[.)]|(?<=^\d{9})[.)]",
    re.MULTILINE,
)
_BACKTICKS = re.compile("`+")

# Languages GitHub only colours. What it draws (mermaid, maps, maths) or offers to apply is left out.
_LANGUAGES = frozenset(
    """
    bash batch c console cpp cs csharp css csv diff docker dockerfile go gradle groovy hcl html ini java
    javascript js json json5 jsonc jsonl jsx kotlin log lua make makefile markdown md nginx patch perl php
    plaintext powershell properties proto protobuf ps1 py pycon pytb python r rb rego rs ruby rust sass scala
    scss sh shell sql swift terraform tex text tf toml traceback ts tsx txt xml yaml yml zsh
    """.split()  # noqa: SIM905 - eighty quoted names are no list a person reads
)


def inline(text: str) -> str:
    """Return untrusted `text` as one line of markdown; what GitHub would act upon stands in code spans."""
    text = " ".join(visible(text).split())
    flat, origin = folded(text)
    parts: list[str] = []
    done = 0
    for start, end in spans(flat):
        first, last = origin[start], origin[end - 1] + 1
        if first < done:
            continue
        parts += (escape(text[done:first]), code(text[first:last]))
        done = last
    return "".join((*parts, escape(text[done:])))


def code(text: str) -> str:
    """Return `text` as a code span on one line, whatever backticks it holds; empty for blank text."""
    text = defuse(" ".join(visible(text).split("\n")), inline=True)
    if not text.strip():
        return ""
    runs = set(_BACKTICKS.findall(text))
    if {"`", "``"} <= runs:
        # Three backticks around it could pass for a fence at the start of a line.
        text, runs = _BACKTICKS.sub(lambda run: " ".join(run[0]), text), {"`"}
    ticks = "``" if "`" in runs else "`"
    # One space on either side is not part of the span; needed where a backtick would touch the fence,
    # or where the text has such spaces of its own.
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " ") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def block(text: str, language: str = "") -> str:
    """Return `text` as a fenced code block, whatever fences it holds; unknown languages are left out."""
    text = defuse(visible(text).removesuffix("\n"))
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(text)), 0)
    known = language if language.lower() in _LANGUAGES else ""
    return f"{fence}{known}\n{text}\n{fence}" if text else f"{fence}{known}\n{fence}"


def plain(text: str, *, limit: int = 250) -> str:
    """
    Return `text` as a title: one line, no markup, nothing that notifies or refers.

    GitHub allows 256 characters; a longer one is cut to `limit` and ends in an ellipsis.
    """
    text = " ".join(visible(text).split())
    text = _TITLE_ACTS.sub(r"\g<0> ", text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


_TITLE_ACTS = re.compile(r"[@＠#＃](?=\w)|<!(?=--)|##(?=\[)|^\s*:(?=:)|^/(?=\w)|\bGH-(?=\d)", re.IGNORECASE)


def escape(text: str) -> str:
    """Return visible `text` with every character escaped that markdown could take for markup."""
    # Folded, because a bot that folds would read a command; escaped like any slash.
    # A backtick as an entity keeps those of code spans in pairs, for readers of the raw text.
    return _SPECIAL.sub(r"\\\g<0>", text.replace("／", "/")).replace("`", "&#96;")
