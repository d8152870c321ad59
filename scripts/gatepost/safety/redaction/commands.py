"""Find secrets on command lines and in line-based credential files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost.safety.redaction.context import is_secret
from gatepost.safety.redaction.judge import Span, is_placeholder, is_random, lowered
from gatepost.safety.redaction.names import grade_of

_Q = r"(?:\\{0,2}[\"'])?"
_V = r"(?P<value>[^\s\"'`|<>]{3,4096})"

_FLAG = re.compile(
    rf"(?<![\w-])--?(?P<name>[A-Za-z][\w.-]{{0,40}})[ \t]{{1,3}}{_Q}{_V}",
)
_AFTER = re.compile(
    r"(?<![a-z0-9])(?P<name>p(?:assw(?:or)?d|assphrase|ass|wd)|token|api[_ -]?key"
    r"|secret(?:[_-]?access)?(?:[_-]?key)?)"
    rf"[ \t]{{1,3}}(?:is[ \t]|was[ \t]|of[ \t])?{_Q}{_V}"
)
# program word -> where it takes a password; the program's own manual is the source
_PROGRAMS = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("curl", rf"\s(?:-u|--user|-U|--proxy-user)[ =]?{_Q}[^\s:\"']{{0,128}}:{_V}"),
        ("sshpass", rf"\s-p[ ]?{_Q}{_V}"),
        ("mysql", rf"\s-p{_Q}{_V}"),
        ("mariadb", rf"\s-p{_Q}{_V}"),
        ("docker", rf"\slogin\b.{{0,256}}?\s-p[ =]{_Q}{_V}"),
        ("podman", rf"\slogin\b.{{0,256}}?\s-p[ =]{_Q}{_V}"),
        ("az", rf"\slogin\b.{{0,256}}?\s-p[ =]{_Q}{_V}"),
        ("oc", rf"\slogin\b.{{0,256}}?\s-p[ =]{_Q}{_V}"),
        ("helm", rf"\slogin\b.{{0,256}}?\s-p[ =]{_Q}{_V}"),
        ("redis-cli", rf"\s-a[ ]{_Q}{_V}"),
        ("htpasswd", rf"\s-[a-zA-Z]{{0,6}}b[a-zA-Z]{{0,6}}[ ]\S{{1,128}}[ ]\S{{1,128}}[ ]{_Q}{_V}"),
        ("openssl", rf"\s-(?:pass|passin|passout|k)[ ](?:pass:)?{_Q}{_V}"),
        ("ldap", rf"\s-w[ ]{_Q}{_V}"),
        ("unzip", rf"\s-P[ ]{_Q}{_V}"),
        ("zip", rf"\s-P[ ]{_Q}{_V}"),
        ("7z", rf"\s-p{_Q}{_V}"),
        ("keytool", rf"\s-(?:storepass|keypass)[ ]{_Q}{_V}"),
        ("signtool", rf"\s/p[ ]{_Q}{_V}"),
        ("ipmitool", rf"\s-P[ ]{_Q}{_V}"),
        ("smbclient", rf"%{_V}"),
        ("net use", rf"\s/user:\S{{1,128}}[ ]{_Q}{_V}"),
    )
)
_PHRASES = re.compile(
    rf"\b(?:identified[ ]by|requirepass|masterauth|with[ ](?:encrypted[ ])?password)[ ]{_Q}{_V}",
    re.IGNORECASE,
)


def find_arguments(text: str) -> Iterator[Span]:
    """Find passwords among command-line arguments and after a name and a space, as in `.netrc`."""
    lower = lowered(text)
    for match in _FLAG.finditer(text) if " -" in text or "\t-" in text else ():
        grade = grade_of(match["name"].lower())
        strong = "medium" if grade == "weak" else grade
        if not match["value"].startswith("-") and is_secret(match["value"], grade=strong, quoted=True):
            yield Span(*match.span("value"), "argument")
    for match in _AFTER.finditer(lower):
        value = text[match.start("value") : match.end("value")].rstrip(",;.)]}")
        if is_random(value) and is_secret(value, grade=grade_of(match["name"].lower()), quoted=False):
            yield Span(match.start("value"), match.start("value") + len(value), "secret")
    for word, pattern in _PROGRAMS:
        if word in lower:
            yield from _judged(pattern, text, text)
    yield from _judged(_PHRASES, lower, text)


def _judged(pattern: re.Pattern[str], text: str, original: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        value = original[match.start("value") : match.end("value")]
        if not is_placeholder(value) and not value.isdigit():
            yield Span(*match.span("value"), "argument")
