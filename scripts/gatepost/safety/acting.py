"""What GitHub, its runner and bots act upon in text: where it stands, and how it is broken."""

from __future__ import annotations

import html
import re
import unicodedata

from gatepost.safety.runner import log_text
from gatepost.safety.visible import visible

# Stands for a code span in flattened text: never part of a word, and never acted upon.
CODE = "\x01"

# What GitHub's mathematics can hide, colour or link text with.
_TEX = r"(?:color|textcolor|phantom|href|url|unicode|style|class|cssId|require|def|newcommand)\b"

_TRIGGER = re.compile(
    r"(?P<url>://)|(?P<www>www\.)|(?<![A-Za-z0-9])(?P<scheme>(?:mailto|xmpp):)(?=\S)"
    r"|(?P<at>@)(?=[^\W_])|(?P<ref>#)(?=\d)|(?P<gh>gh-)(?=\d)|(?P<math>\$)(?=\S)"
    rf"|(?P<tex>\\)(?={_TEX})"
    # A full commit hash becomes a link, to a commit of any fork as well.
    r"|(?<!\w)(?P<sha>[0-9a-f]{40})(?!\w)",
    re.IGNORECASE,
)
_BEFORE = {
    "url": re.compile(r"[A-Za-z0-9+.-]"),
    "at": re.compile(r"[\w.+/:#-]"),
    "ref": re.compile(r"[\w./-]"),
    "math": re.compile(r"[^\s`\x01]"),
}
_AFTER = {
    "url": re.compile(r"[^\s<>\"`|\x01]*"),
    "at": re.compile(r"[\w.+/:@#-]*"),
    "ref": re.compile(r"\w*"),
    "math": re.compile(r"[^\s`\x01]*"),
    "sha": re.compile(""),
}
# A formula opens before and closes after something; prices and shell variables do not.
_FORMULA_OPENS = re.compile(r"\$(?=\S)")
_FORMULA_CLOSES = re.compile(r"(?<=\S)\$")
_TRAILING = "!\"'*),.:;?]_}~"


def spans(flat: str) -> list[tuple[int, int]]:
    """
    Return where `flat` holds something GitHub would act upon: mentions, links, references, maths.

    `flat` is the visible text of one paragraph in compatibility form, with `CODE` for each code
    span. The spans are in order and apart; whole words, so that they read well as code.
    """
    found: list[tuple[int, int]] = []
    done = 0
    formulas = _has_formula(flat)
    for match in _TRIGGER.finditer(flat):
        start, end = match.span()
        if start < done or (match.lastgroup == "math" and not formulas):
            continue
        kind = match.lastgroup or ""
        kind = {"www": "url", "scheme": "url", "gh": "ref", "tex": "math"}.get(kind, kind)
        if (before := _BEFORE.get(kind)) and match.lastgroup == kind:
            while start > done and before.match(flat, start - 1):
                start -= 1
        stop = _AFTER[kind].match(flat, end)
        tail = end if stop is None else stop.end()
        while tail > end and flat[tail - 1] in _TRAILING:
            tail -= 1
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, tail))
        done = tail
    return found


def _has_formula(flat: str) -> bool:
    opens = _FORMULA_OPENS.search(flat)
    return bool(opens and _FORMULA_CLOSES.search(flat, opens.end()))


# Commands that well-known bots obey wherever a line of the raw text begins with them, in code as well.
# The first are no directories, so anything may follow them.
_BOT = "approve|lgtm|merge|close|retest|test|ask|deploy|assign|rebase|gemini|azp|ok-to-test|hold|cc"
_BOT_WORD = (
    "reopen|unassign|rollback|label|remove-[a-z-]+|kind|priority|retitle|lock|unlock|override|skip|bypass|rerun"
    "|review|fix|cherry-?pick|unhold|uncc|cancel|restart|release|promote|apply|plan|destroy|milestone|lifecycle"
)
_SLASH = re.compile(
    rf"(?:^|<br[^\S\n]{{0,9}}/?>)[^\S\n]*(?:[>*+\-.\d|][^\S\n]*)*/"
    rf"(?=(?:{_BOT})(?![\w/.-])|(?:{_BOT_WORD})(?:[^\S\n]|$))",
    re.IGNORECASE | re.MULTILINE,
)
# A comment that begins like a program's own marker: `<!-- name-of-bot`, `<!-- key=value`.
_MARKER = re.compile(r"<!(?=--+\s*(?:gatepost\b|[A-Za-z0-9]+[-_:=/.@][A-Za-z0-9]))", re.IGNORECASE)
_FORMULA = re.compile(r"\$[^$\n]+")
_TEX_COMMAND = re.compile(rf"\\(?={_TEX})")
_ENTITY = re.compile(r"&(?=#?\w)")


def defuse(code: str, *, inline: bool = False) -> str:
    """
    Break what is acted upon even inside code, where nothing can be escaped: by one visible space.

    These are workflow commands, slash commands at the start of a line and forged markers, also
    where they appear only after entities are decoded or characters are folded. Everything else
    stays as it is. `inline` text does not begin a line.
    """
    code = _broken(code, inline=inline)
    if not code.isascii():
        lines = code.split("\n")
        code = "\n".join(_folded_if_acting(line, inline=inline and not i) for i, line in enumerate(lines))
    if "&" in code:
        decoded = unicodedata.normalize("NFKC", visible(html.unescape(code)))
        if _broken(decoded, inline=inline) != decoded:
            code = _ENTITY.sub("& ", code)
    return code


def without_formulas(text: str) -> str:
    """Break every formula command in `text`, for places that code spans do not protect."""
    return _TEX_COMMAND.sub(r"\\ ", text)


def _folded_if_acting(line: str, *, inline: bool) -> str:
    plain = unicodedata.normalize("NFKC", line)
    broken = _broken(plain, inline=inline)
    return line if broken == plain else broken


def _broken(code: str, *, inline: bool) -> str:
    # A letter in front keeps the first line from counting as the start of one.
    guard = "x" if inline else ""
    code = _SLASH.sub(r"\g<0> ", log_text(guard + code))
    if "$" in code:
        code = _FORMULA.sub(lambda formula: _TEX_COMMAND.sub(r"\\ ", formula[0]), code)
    return _MARKER.sub("<! ", code).removeprefix(guard)
