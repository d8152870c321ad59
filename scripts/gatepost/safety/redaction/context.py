"""Find values that their surroundings give away: assignments, headers, addresses, cookies."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from gatepost.safety.redaction.judge import Span, is_expression, is_placeholder, is_random

# Parts of names that promise a secret. Each is a plain alternation with one place to match.
_STEMS = (
    r"passw(?:or)?d|passwort|passphrase|passcode|pwd|secret|token|credential|cookie|session|bearer|dsn"
    r"|api[_. -]?key|access[_. -]?key|account[_. -]?key|auth[_. -]?key|private[_. -]?key|client[_. -]?key"
    r"|(?:encryption|signing|master|routing|integration|service|license|deploy|write|app|application|shared)"
    r"[_. -]?key|connection[_. -]?string|auth|pass|key|sig"
)
NAMED = re.compile(
    rf"(?P<stem>{_STEMS})(?P<tail>[A-Za-z0-9_.\-]{{0,40}})"
    r"(?P<mid>[\"'`\\\])>]{0,6}[ \t]{0,4}(?:=>|:=|={1,2}|:|(?<=>))[ \t]{0,4}(?:Some\(|b(?=[\"'])|[\[(](?=[\"'\\]))?)",
    re.IGNORECASE,
)
_STRONG = re.compile(r"passw|passphrase|passcode|pwd")
_NOT_A_SECRET = re.compile(
    r"""(?:^|[a-z0-9_.\- ])
    (?: (?:key|token|secret|pass(?:word|wd)?|pwd|auth|credential|cookie|session)s?[_.\-]?
        (?:file(?:name)?|path|dir|ur[il]|endpoint|name|names|id|ids|type|types|count|len|length|size|limit|ttl|expir\w*|expires
        |policy|version|format|field|prefix|suffix|host|port|user|username|status|enabled|required|date|time|age
        |usage|ref|arn|manager|scan\w*|store|chain|algorithm|provider|method|mode|scope|server|class|label|index
        |rotation|validator|strength|reset|hint|prompt|map|ring|error|timeout|metadata|bytes|range|value|pair)
      | tokens | tokeni[sz]\w* | secrets | secretary\w* | keys | keyboard\w* | keyword\w* | passed | passes | passing
      | authors? | authored\w* | authority | authoriz\w* | authentica\w* | auths | sessions | sessionstart\w* | signatures?
      | compass | bypass\w* | passive\w* | passenger\w* | passthr\w* | public[_.\- ]?key\w* | monkey | hotkey | turkey
      )$""",
    re.VERBOSE,
)
_WEAK = re.compile(r"key|auth|pass|sig|session|cookie|dsn|credential")
_URL_USER = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{0,30})://(?P<user>[^\s/?#@:\"'<>\\]{0,256})"
    r"(?::(?P<pass>[^\s\"'<>/]{1,256}|[^\s\"'<>@]{1,256}))?@(?=[\w\[$({%.-])"
)
_AUTH = re.compile(
    r"(?:authorization|x-auth[a-z-]{0,20})[\"'\\]{0,4}[ \t]{0,3}[:=,][ \t]{0,3}[\"'\\]{0,4}"
    r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{1,30}[ \t]{1,3})?(?P<value>[^\s\"'\\,;)}\]]{4,8192})",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"\b(?P<scheme>bearer|basic)[ \t]{1,3}[\"'\\]{0,3}(?P<value>[A-Za-z0-9._~+/=-]{8,8192})", re.IGNORECASE
)
_COOKIE = re.compile(
    r"\b(?:set-)?cookie[\"'\\]{0,3}[ \t]{0,2}[:=][ \t]{0,3}(?P<list>[^\"\n]{1,4096})", re.IGNORECASE
)
_CRUMB = re.compile(r"(?P<name>[\w.%-]{1,80})=(?P<value>[^\s;,\"']{6,2048})")
_QUERY = re.compile(
    r"[?&;](?P<name>sig|signature|code|auth|key|apikey|pass|pw|access|st|sv|k)=(?P<value>[^\s&#\"'<>;]{8,2048})"
)
_NAMED_VALUE = re.compile(
    r"\b(?:name|key|Key|Name)[\"'\\]{0,3}[ \t]{0,2}[:=][ \t]{0,2}[\"'\\]{0,3}(?P<name>[\w.\-]{2,80})[\"'\\]{0,3}[ \t]{0,2},?[ \t]{0,2}"
    r"[\"'\\]{0,3}[Vv]alue[\"'\\]{0,3}[ \t]{0,2}[:=][ \t]{0,2}(?P<quote>\\{0,3}[\"'])?(?P<value>[^\s\"'\\]{4,4096})"
)
_BARE = re.compile(r"[^\s\"'`<>|\\]{1,8192}")
_CUT = re.compile(
    r";(?=\s|\Z|[\w ]{1,40}=)|&(?=[\w.%-]{1,40}=)|,(?=\s|\Z|\"|'|[\w.-]{1,40}[=:])|[)\]}>]{1,4}[,;.]?\Z|[,;:]\Z"
)


def find_named(text: str) -> Iterator[Span]:
    """Find values given to a name that promises a secret, such as `DB_PASSWORD=…` or `"apiKey": "…"`."""
    for match in NAMED.finditer(text):
        name = _name(text, match)
        grade = grade_of(name)
        if grade == "none" or (match["mid"].startswith(">") and not _opens_element(text, match.start())):
            continue
        start, end, quoted = _value(text, match.end())
        if is_secret(text[start:end], grade=grade, quoted=quoted):
            yield Span(start, end, "password" if grade == "strong" else "secret")
    for match in _NAMED_VALUE.finditer(text):
        if is_secret(match["value"], grade=grade_of(match["name"].lower()), quoted=True):
            yield Span(*match.span("value"), "secret")


def grade_of(name: str) -> str:
    """Grade a lower-case name by how surely its value is secret: `strong`, `medium`, `weak` or `none`."""
    if _NOT_A_SECRET.search(name):
        return "none"
    if _STRONG.search(name):
        return "strong"
    if re.search(
        r"secret|token|api[_. -]?key|(?:access|account|private|client|auth|shared|signing|encryption|master)[_. -]?key"
        r"|(?:^|_)auth$|connection[_. -]?string|routing|integration",
        name,
    ):
        return "medium"
    return "weak" if _WEAK.search(name) else "none"


def is_secret(value: str, *, grade: str, quoted: bool) -> bool:
    """Judge a value by its own look and by the grade of its name."""
    if grade == "none" or len(value) < 4 or is_placeholder(value) or is_expression(value):
        return False
    if grade == "weak":
        return len(value) >= 12 and is_random(value) and not _is_hash(value)
    if grade == "medium":
        return is_random(value) or _is_basic(value)
    plain = value.isalpha() and (value.islower() or value.istitle() or not quoted)
    return len(value) >= (4 if quoted else 5) and not plain and not (value.isdigit() and len(value) < 6)


def find_credentials(text: str) -> Iterator[Span]:
    """Find credentials in headers, addresses, cookies and queries."""
    for match in _URL_USER.finditer(text):
        user, password = match["user"], match["pass"]
        if password and not is_placeholder(password) and not re.match(r"\d{1,5}(?:/|\Z)", password):
            yield Span(*match.span("pass"), "password")
        if len(user) >= 16 and is_random(user) and not is_placeholder(user):
            yield Span(*match.span("user"), "token")
    for match in _AUTH.finditer(text):
        value, scheme = match["value"], (match["scheme"] or "").strip().lower()
        known = scheme in {
            "basic",
            "bearer",
            "token",
            "apikey",
            "digest",
            "splunk",
            "genie",
            "negotiate",
            "ntlm",
        }
        if not is_placeholder(value) and (
            is_random(value) or (known and len(value) >= 6 and not value.isalpha())
        ):
            yield Span(*match.span("value"), "authorization")
    for match in _SCHEME.finditer(text):
        value = match["value"]
        if not is_placeholder(value) and (is_random(value) or _is_basic(value)) and not is_expression(value):
            yield Span(*match.span("value"), "authorization")
    for match in _COOKIE.finditer(text):
        for crumb in _CRUMB.finditer(text, match.start("list"), match.end("list")):
            if not is_placeholder(crumb["value"]) and is_random(crumb["value"]):
                yield Span(*crumb.span("value"), "cookie")
    for match in _QUERY.finditer(text):
        if is_random(match["value"]) and not is_placeholder(match["value"]) and not _is_hash(match["value"]):
            yield Span(*match.span("value"), "secret")


def _name(text: str, match: re.Match[str]) -> str:
    """Return the whole name around a stem, in lower case with camel case split."""
    start = match.start()
    floor = max(0, start - 48)
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    whole = text[start : match.end("tail")]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", whole).lower().rstrip("_.-")


def _opens_element(text: str, stem: int) -> bool:
    """Tell whether the name at `stem` stands in an XML start tag."""
    opening = text.rfind("<", max(0, stem - 60), stem)
    return opening >= 0 and ">" not in text[opening:stem] and text[opening + 1 : opening + 2] != "/"


def _value(text: str, start: int) -> tuple[int, int, bool]:
    """Return where a value begins and ends, and whether quotes held it."""
    slashes = start
    while slashes < len(text) and slashes - start < 4 and text[slashes] == "\\":
        slashes += 1
    quote = text[slashes : slashes + 1]
    if quote and quote in "\"'`":
        closing = text[start : slashes + 1]
        end = text.find(closing, slashes + 1, slashes + 8192)
        if end > slashes:
            return slashes + 1, end, True
        start = slashes + 1
    bare = _BARE.match(text, start)
    if bare is None:
        return start, start, False
    cut = _CUT.search(text, start, bare.end())
    return start, cut.start() if cut else bare.end(), False


def _is_hash(value: str) -> bool:
    """Tell whether a value is a digest, an id or a dashed cache key, which `key` alone often names."""
    return re.fullmatch(r"[0-9a-fA-F]{7,128}|(?:[\w.]{1,30}-){2,12}[0-9a-f]{6,64}", value) is not None


def _is_basic(value: str) -> bool:
    """Tell whether a value is `user:password` in base64."""
    if len(value) < 8 or len(value) % 4 or not re.fullmatch(r"[A-Za-z0-9+/]{6,8192}={0,2}", value):
        return False
    decoded = b64decode(value)
    return decoded.isascii() and b":" in decoded and decoded.decode().isprintable()
