"""One raw line to readable text: escapes, time stamps, runner markers and overwritten progress go."""

from __future__ import annotations

import re
from typing import Final

# CSI, then OSC/DCS/SOS/PM/APC strings, then two-character escapes; in their 7-bit and C1 forms.
# A C1 byte that is no UTF-8 decodes to a lone surrogate, hence the \udc9x. A string without its
# end loses its introducer only: what follows may be the message.
_ESCAPE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\udc9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f\udc90\udc98\udc9d-\udc9f])[^\x07\x1b\x9c\udc9c\r]*(?:\x07|\x1b\\|[\x9c\udc9c])"
    r"|\x1b[ -/]*[0-~]?"
)

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""Nearly all escapes in logs; much cheaper to find than all kinds."""

# What a runner writes before each line, not what the tool said.
_STAMP: Final = re.compile(
    r"\[?(?:task )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)\]?"
    r"(?: \d\d[OE][ +])? ?(?:\d\d:\d\d:\d\d +[A-Z]+ - ?)?"
)
_FOLD: Final = re.compile(
    r"travis_time:end:[0-9a-f]+:start=\d+,finish=\d+,duration=\d+|travis_time:start:[0-9a-f]{8}"
    r"|travis_fold:(?:start|end):[\w.-]+|section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])?"
)

# What would break a line apart, or hide a part of it, where the text is shown.
_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_LONE: Final = re.compile(r"[\ud800-\udfff]")

OVERWRITTEN: Final = " \u23ce "
"""Stands between the parts of a line that wrote over each other."""


def clean(raw: bytes) -> str:
    """Return what a person at a terminal would read of `raw`, still unsuited for printing: see `shown`."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "surrogateescape")
        text = _LONE.sub("\ufffd", _ESCAPE.sub("", text))
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if "\x1b" in text or "\x9b" in text or "\x9d" in text:
        text = _ESCAPE.sub("", text)
    if text[4:5] == "-" or text[:1] == "[":
        stamp = _STAMP.match(text)
        if stamp:
            text = text[stamp.end() :]
    if "travis_" in text or "section_" in text:
        text = _FOLD.sub("", text)
    text = text.rstrip()
    return _last_written(text).rstrip() if "\r" in text else text


def shown(text: str) -> str:
    """Replace the control characters left in `text`, so that it stays one line wherever it is shown."""
    return _UNSHOWN.sub(" ", text).expandtabs(4) if _UNSHOWN.search(text) else text.expandtabs(4)


def _last_written(text: str) -> str:
    """
    Resolve carriage returns: the last part shows, but what complained before it is not lost.

    Progress bars write hundreds of parts; only those with a word of trouble are kept, the
    last few of them.
    """
    parts = [part for part in text.split("\r") if part.strip()]
    if len(parts) < 2:
        return parts[0] if parts else ""
    troubled = [part for part in parts[:-1] if _TROUBLE.search(part)]
    return OVERWRITTEN.join([*troubled[-4:], parts[-1]])


_TROUBLE: Final = re.compile(r"(?i)error|fail|fatal|exception|panic|denied|refused|exited with")
