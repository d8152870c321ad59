"""What a log's structure tells besides its lines: steps, exit codes, tools, places, how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from gatepost.evidence.distil.distillate import Recognised
from gatepost.evidence.distil.page import Page
from gatepost.evidence.distil.sign import Reach
from gatepost.model import Place

MOST: Final = 20
"""Items of one kind reported; a log can name thousands."""

_EXIT: Final = re.compile(
    r"(?i)\b(?:exit(?:ed|s|ing)?|return(?:ed|ing|s)?)\b(?: (?:with|a|non-?zero|exit|code|status|value|was))*"
    r"[ :='\"(]*(-?\d{1,10})\b(?! *(?:%|passed|failed|tests?|[kmg]i?b))"
)
_COMMAND: Final = re.compile(r'^The command "(.+)" (?:exited with [1-9]|failed)|^ERROR: Job failed')
_GROUP: Final = re.compile(r"^##\[(?:group\]Run|section\]Starting:) (.+)")
_STATUS: Final = re.compile(r"(?i)\breturned (?:an? )?(?:error|http)|status code|response")

_CANCELLED: Final = re.compile(
    r"(?i)\b(?:operation|task|job|run|build|workflow)\b.{0,20} (?:was|has been|been) cancell?ed"
    r"|received a shutdown signal"
    r"|^Finished: ABORTED|higher priority waiting request"
)
_TIMED_OUT: Final = re.compile(
    r"(?i)exceeded the (?:maximum|job|step)?.{0,20}(?:execution time|time limit)"
    r"|time ?limit (?:was )?exceeded"
    r"|no output has been received"
    r"|(?:job|step|action|command|test|build)\b.{0,60} (?:has )?timed? ?out"
    r"|took (?:longer|more|>).{0,30}(?:terminat|kill|returning 124)|deadline exceeded"
    r"|execution took longer than"
)
_TRUNCATED: Final = re.compile(
    r"(?i)log length has exceeded|(?:log|output) (?:was |has been |is )?(?:truncated|too (?:large|long))"
    r"|exceeded limit of \d+ bytes"
)

# What no text holds: the controls but for tab, line feed, return, backspace, form feed and escape.
_CONTROLS: Final = bytes(sorted({*range(32), 127} - {*b"\t\n\r\b\f\x1b"}))
_BINARY: Final = 0.05
_SAMPLE: Final = 2_000

_STAMP: Final = re.compile(rb"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")

# The ways tools write a place: Python's frames, then path and line in the common punctuations.
_PLACES: Final = (
    re.compile(r'File "(?P<path>[^"<>]{1,300})", line (?P<line>\d{1,7})'),
    re.compile(
        r"(?P<path>(?:[A-Za-z]:[\\/])?[\w.@+~\\/-]{0,299}[\w+-]\.[A-Za-z][\w+]{0,9})"
        r"(?:: ?\[?|\((?=\d+(?:,\d+)*\) ?:|\d+\)\w)|:line |\", line | line )(?P<line>\d{1,7})\b"
    ),
)
_ELSEWHERE: Final = re.compile(
    r"(?:^|[\\/])(?:site-packages|dist-packages|node_modules|\.?venv|\.cargo|\.rustup|\.m2|\.gradle|gems|usr|opt|internal)[\\/]"
    r"|^<|^/(?:usr|opt|nix|lib)/"
)
# Written as a file with a line would be, but a host with its port.
_HOST: Final = re.compile(r"[^\\/]+\.(?:com|org|net|io|dev|cloud|local|localdomain|internal|svc|example)")
_WORKSPACE: Final = re.compile(
    r"^(?:/home/runner/work/[^/]+/[^/]+|/__w/[^/]+/[^/]+|[A-Za-z]:[\\/]a[\\/][^\\/]+[\\/][^\\/]+|/github/workspace"
    r"|/(?:home|Users)/travis/build/[^/]+/[^/]+|/home/circleci/[^/]+|/builds/[^/]+/[^/]+)[\\/]"
)


def steps(page: Page) -> tuple[str, ...]:
    """Name the commands and steps that failed."""
    found: dict[str, None] = {}
    group = ""
    for i, text in enumerate(page.bare):
        if not text:
            continue
        if text[0] == "#" and (opened := _GROUP.match(text)):
            group = opened[1]
        sign = page.judged[i].sign
        if sign is None or sign.reach is not Reach.MARK:
            continue
        if (named := _COMMAND.match(text)) and named[1]:
            found[named[1][:200]] = None
        elif text.startswith("##[error]") and group:
            found[group[:200]] = None
    return tuple(found)[:MOST]


def exit_codes(page: Page) -> tuple[int, ...]:
    """List the codes other than 0 that something was reported to end with."""
    found: dict[int, None] = {}
    for i, (_, sign, _) in enumerate(page.judged):
        text = page.bare[i]
        if sign is None or (sign.reach is not Reach.MARK and "exit" not in text):
            continue
        code = _EXIT.search(text)
        if code and int(code[1]) and not _STATUS.search(text):
            found[int(code[1])] = None
    return tuple(found)[:MOST]


def tools(page: Page) -> tuple[Recognised, ...]:
    """Name the tools whose grammar was met, most telling first: the sum of what their lines weigh."""
    lines: dict[str, list[int]] = {}
    weights: dict[str, float] = {}
    for i, (weight, _, tool) in enumerate(page.judged):
        if tool:
            lines.setdefault(tool, []).append(page.numbers[i])
            weights[tool] = weights.get(tool, 0.0) + weight
    ranked = sorted(lines, key=lambda tool: (-weights[tool], lines[tool][0]))
    return tuple(Recognised(tool=tool, lines=tuple(lines[tool][:MOST])) for tool in ranked)


def places(texts: Iterable[str]) -> tuple[Place, ...]:
    """Name the files and lines in `texts`; those of installed code come last."""
    own: dict[Place, None] = {}
    foreign: dict[Place, None] = {}
    for text in texts:
        for pattern in _PLACES:
            for found in pattern.finditer(text[:2000]):
                if text[: found.start()].endswith("://") or "//" in found["path"]:
                    continue
                if _HOST.fullmatch(found["path"]):
                    continue
                path = _WORKSPACE.sub("", found["path"]).replace("\\", "/").removeprefix("./")
                place = Place(path=path, line=int(found["line"]))
                (foreign if _ELSEWHERE.search(path) else own)[place] = None
    return (*own, *foreign)[:MOST]


def duration_s(first: bytes, last: Sequence[bytes]) -> float | None:
    """Return the seconds from the stamp on the `first` line to that on the last stamped one of `last`."""
    begin = _stamp(first)
    end = next((found for raw in reversed(last) if (found := _stamp(raw))), None)
    if begin is None or end is None or end < begin:
        return None
    return (end - begin).total_seconds()


def cancelled(page: Page) -> bool:
    """Say whether a line of trouble reports that the run was stopped from outside."""
    return _any(page, _CANCELLED)


def timed_out(page: Page) -> bool:
    """Say whether a line of trouble reports that time ran out."""
    return _any(page, _TIMED_OUT)


def truncated(page: Page) -> bool:
    """Say whether one of the last lines reports that the log was cut."""
    return any(_TRUNCATED.search(text) for text in page.bare[-50:])


def binary(raws: Sequence[bytes]) -> bool:
    """Say whether too many bytes are controls for it to be text, in whichever encoding."""
    begun = b"".join(raws[:_SAMPLE])
    return len(begun) - len(begun.translate(None, _CONTROLS)) > _BINARY * len(begun)


def _any(page: Page, pattern: re.Pattern[str]) -> bool:
    return any(
        found.weight >= 5 and pattern.search(text[:1000])
        for found, text in zip(page.judged, page.bare, strict=True)
    )


def _stamp(raw: bytes) -> datetime | None:
    found = _STAMP.search(raw[:64])
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1].decode()}T{found[2].decode()}")
    except ValueError:
        return None
