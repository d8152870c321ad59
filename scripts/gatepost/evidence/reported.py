"""What a machine report says failed, read from JUnit and SARIF; lenient, since every tool writes its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

_DETAIL_LINES = 12
_LINE_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One failed test, or one finding. Untrusted throughout."""

    title: str
    """The test's full name, or the rule's."""

    message: str
    path: str = ""
    line: int = 0
    detail: tuple[str, ...] = ()
    """Further lines, such as the end of a stack trace."""

    tool: str = ""


def from_junit(root: Element) -> Iterator[Reported]:
    """Read the failed and broken test cases of a JUnit report; nothing from any other document."""
    if _name(root) not in ("testsuites", "testsuite"):
        return
    for case in root.iter():
        if _name(case) != "testcase":
            continue
        for verdict in case:
            if _name(verdict) in ("failure", "error"):
                yield _failed(case, verdict)
                break


def _failed(case: Element, verdict: Element) -> Reported:
    names = [case.get("classname", ""), case.get("name", "")]
    text = [line.rstrip() for line in (verdict.text or "").strip("\n").split("\n")]
    message = verdict.get("message") or next((line for line in text if line.strip()), "")
    told = [line for line in text if line.strip() and line.strip() not in message]
    return Reported(
        title=" > ".join(name for name in names if name) or "a test",
        message=message.strip().partition("\n")[0][:_LINE_CHARS],
        path=case.get("file", ""),
        line=_number(case.get("line")),
        # Frames and the assertion stand at the end in some languages and at the start in others.
        detail=tuple(line[:_LINE_CHARS] for line in _ends(told)),
        tool="junit",
    )


def _ends(lines: list[str]) -> list[str]:
    half = _DETAIL_LINES // 2
    return lines if len(lines) <= _DETAIL_LINES else [*lines[:half], "…", *lines[-half:]]


def from_sarif(document: Any) -> Iterator[Reported]:
    """Read the results of a SARIF log, errors before warnings; those a person suppressed are left out."""
    found = [
        (_rank(result), _result(result, _tool(run)))
        for run in _items(document, "runs")
        for result in _items(run, "results")
        if result.get("kind", "fail") == "fail" and not result.get("suppressions")
    ]
    found.sort(key=lambda pair: pair[0])
    yield from (result for _, result in found)


def _rank(result: dict[str, Any]) -> int:
    levels = ("error", "warning", "note", "none")
    level = result.get("level", "warning")
    return levels.index(level) if level in levels else 1


def _result(result: dict[str, Any], tool: str) -> Reported:
    place = _part(next(iter(_items(result, "locations")), {}), "physicalLocation")
    message = _part(result, "message")
    uri = str(_part(place, "artifactLocation").get("uri", ""))
    return Reported(
        title=str(result.get("ruleId") or _part(result, "rule").get("id") or "a finding"),
        message=str(message.get("text") or message.get("markdown") or "")
        .strip()
        .partition("\n")[0][:_LINE_CHARS],
        path=unquote(urlsplit(uri).path),
        line=_number(_part(place, "region").get("startLine")),
        tool=tool,
    )


def _tool(run: dict[str, Any]) -> str:
    return str(_part(_part(run, "tool"), "driver").get("name", "")).lower()


def _items(holder: Any, key: str) -> list[dict[str, Any]]:
    values = holder.get(key) if isinstance(holder, dict) else None
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _part(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0
