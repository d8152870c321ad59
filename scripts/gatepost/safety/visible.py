"""Text as a reader sees it: no control codes, no invisible characters, one kind of line break."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# CSI, OSC and other string sequences, and the two-character rest, in their 7- and 8-bit forms (ECMA-48).
# A string sequence without an end is taken to the end of its line only.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Unicode's Default_Ignorable_Code_Point, other format characters that draw nothing, controls but
# tab and newline, and noncharacters. Variation selectors are judged by what they follow.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # Only pictographs, symbols and keycaps (`1` in a box) have variants worth keeping.
    "|(?<![\u2000-\u3300\U0001f000-\U0001faff#*0-9])[\ufe00-\ufe0f]+"
    "|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """
    Remove what a reader cannot see and turn every line break into a newline.

    Terminal sequences and invisible characters go; unpaired surrogates become U+FFFD. What is left
    passes through unchanged, so the function may be applied twice.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATES.sub("\ufffd", text)
    text = _BREAKS.sub("\n", _ANSI.sub("", text))
    # Removing one selector can leave the next without its base.
    while (shorter := _INVISIBLE.sub("", text)) != text:
        text = shorter
    return text


def folded(text: str) -> tuple[str, list[int]]:
    """
    Return `text` in compatibility form (NFKC, character by character) and where each character came from.

    The second value maps an index of the first to an index of `text`, and has one entry more for the end.
    """
    if text.isascii():
        return text, list(range(len(text) + 1))
    parts = [_compatible(char) for char in text]
    origin = [i for i, part in enumerate(parts) for _ in part]
    return "".join(parts), [*origin, len(text)]


@lru_cache(maxsize=4096)
def _compatible(char: str) -> str:
    return unicodedata.normalize("NFKC", char)
