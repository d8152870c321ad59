"""Find credentials in headers, addresses, cookies and queries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost.safety.redaction.context import is_basic, is_hash
from gatepost.safety.redaction.judge import Span, is_expression, is_placeholder, is_random, lowered

_URL_USER = re.compile(
    r"://(?P<user>[^\s/?#@:\"'<>\\]{0,256})"
    r"(?::(?P<pass>[^\s\"'<>/]{1,256}|[^\s\"'<>@]{1,256}))?@(?=[\w\[$({%.-])"
)
_AUTH = re.compile(
    r"(?:authorization|x-auth[a-z-]{0,20})[\"'\\]{0,4}[ \t]{0,3}[:=,][ \t]{0,3}[\"'\\]{0,4}"
    r"(?P<scheme>[a-z][A-Za-z0-9-]{1,30}[ \t]{1,3})?(?P<value>[^\s\"'\\,;)}\]]{4,8192})"
)
_SCHEME = re.compile(r"\b(?P<scheme>bearer|basic)[ \t]{1,3}[\"'\\]{0,3}(?P<value>[A-Za-z0-9._~+/=-]{8,8192})")
_COOKIE = re.compile(r"\b(?:set-)?cookie[\"'\\]{0,3}[ \t]{0,2}[:=][ \t]{0,3}(?P<list>[^\"\n]{1,4096})")
_CRUMB = re.compile(r"(?P<name>[\w.%-]{1,80})=(?P<value>[^\s;,\"']{6,2048})")
_QUERY = re.compile(
    r"[?&;](?P<name>sig|signature|code|auth|key|apikey|pass|pw|access|st|sv|k)=(?P<value>[^\s&#\"'<>;]{8,2048})"
)

_SCHEME_NAMES = re.compile(r"basic|bearer|token|apikey|digest|splunk|genie|negotiate|ntlm")


def find_credentials(text: str) -> Iterator[Span]:
    """Find credentials by the place where they stand, whatever they look like."""
    lower = lowered(text)
    if "://" in text and "@" in text:
        yield from _in_addresses(text)
    if "auth" in lower:
        yield from _in_headers(text, lower)
    if "bearer" in lower or "basic" in lower:
        yield from _after_schemes(text, lower)
    if "cookie" in lower:
        yield from _in_cookies(text, lower)
    if "=" in text and ("?" in text or "&" in text):
        yield from _in_queries(text)


def _in_addresses(text: str) -> Iterator[Span]:
    for match in _URL_USER.finditer(text):
        user, password = match["user"], match["pass"]
        if password and not is_placeholder(password) and not re.match(r"\d{1,5}(?:/|\Z)", password):
            yield Span(*match.span("pass"), "password")
        if len(user) >= 16 and is_random(user) and not is_placeholder(user):
            yield Span(*match.span("user"), "token")


def _in_headers(text: str, lower: str) -> Iterator[Span]:
    for match in _AUTH.finditer(lower):
        value = text[match.start("value") : match.end("value")]
        plain = (
            len(value) < 6 or value.isalpha() or not _SCHEME_NAMES.fullmatch((match["scheme"] or "").strip())
        )
        if not is_placeholder(value) and (is_random(value) or not plain):
            yield Span(*match.span("value"), "authorization")


def _after_schemes(text: str, lower: str) -> Iterator[Span]:
    for match in _SCHEME.finditer(lower):
        value = text[match.start("value") : match.end("value")]
        if not is_placeholder(value) and (is_random(value) or is_basic(value)) and not is_expression(value):
            yield Span(*match.span("value"), "authorization")


def _in_cookies(text: str, lower: str) -> Iterator[Span]:
    for match in _COOKIE.finditer(lower):
        for crumb in _CRUMB.finditer(text, match.start("list"), match.end("list")):
            if not is_placeholder(crumb["value"]) and is_random(crumb["value"]):
                yield Span(*crumb.span("value"), "cookie")


def _in_queries(text: str) -> Iterator[Span]:
    for match in _QUERY.finditer(text):
        if is_random(match["value"]) and not is_placeholder(match["value"]) and not is_hash(match["value"]):
            yield Span(*match.span("value"), "secret")
