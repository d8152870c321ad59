"""Tell from a name whether its value is a secret."""

from __future__ import annotations

import re

# Parts of names that promise a secret, grouped by first letter so that each place is tried once.
NAMED = re.compile(
    r"""
    (?P<stem>
        p(?:assw(?:or)?d|asswort|assphrase|asscode|wd|rivate[_.\ -]?key|ass) | token | bearer
      | s(?:ecret|ession|igning[_.\ -]?key|ervice[_.\ -]?key|hared[_.\ -]?key|ig)
      | c(?:redential|ookie|lient[_.\ -]?key|onnection[_.\ -]?string) | d(?:sn|eploy[_.\ -]?key)
      | a(?:pi[_.\ -]?key|ccess[_.\ -]?key|ccount[_.\ -]?key|pp(?:lication)?[_.\ -]?key|uth)
      | (?:encryption|master|routing|integration|license|write)[_.\ -]?key | key
    )
    (?P<tail>[a-z0-9_.\-]{0,40})
    (?P<mid>
        ["'`\\\])>]{0,6} [ \t]{0,4} (?:=>|:=|={1,2}|:|(?<=>)) [ \t]{0,4}
        (?:some\( | b(?=["']) | [\[(](?=["'\\]))?
    )
    """,
    re.VERBOSE,
)
"""Searched in lower-case text: a name, and what stands between it and its value."""

_STRONG = re.compile(r"passw|passphrase|passcode|pwd")
_MEDIUM = re.compile(
    r"""
    secret | token | api[_.\ -]?key | (?:^|_)auth$ | connection[_.\ -]?string | routing | integration
    | (?:access|account|private|client|auth|shared|signing|encryption|master)[_.\ -]?key
    """,
    re.VERBOSE,
)
_WEAK = re.compile(r"key|auth|pass|sig|session|cookie|dsn|credential")
_ABOUT = """
    address|file|filename|path|dir|url|uri|endpoint|name|names|id|ids|type|types|count|len|length|size|limit
    |ttl|expiry|expires|expiration|policy|version|format|field|fields|prefix|suffix|host|port|user
    |username|status|enabled|required|date|time|age|usage|ref|arn|manager|scan|scanner|scanning|store
    |chain|algorithm|provider|method|mode|scope|scopes|server|class|label|index|rotation|validator
    |validation|strength|reset|hint|prompt|map|ring|error|errors|timeout|metadata|bytes|range|pair
    |line|lines|test|tests
"""
# Last parts of names that are about a secret and are none: `token_url`, `max_tokens`, `keyboard`.
_NOT_A_SECRET = re.compile(
    rf"""
    (?:key|token|secret|pass(?:word|wd)?|auth|credential|cookie|session)?s?(?:{_ABOUT})
    |tokens|tokenizer|tokenize|tokenized|tokenization|secrets|secretary|keys|keyboard|keyword|keywords
    |passed|passes|passing|author|authors|authored|authority|authorities|authorization|authenticate
    |authenticated|authentication|auths|sessions|sessionstart|signature|signatures|signal|signals
    |signed|significant|sigma|design|compass|bypass|passive|passenger|passthrough|monkey|hotkey|turkey
    |keyring|keystore|passage|encompass
    """,
    re.VERBOSE,
)


def grade_of(name: str) -> str:
    """Grade a lower-case name by how surely its value is secret: `strong`, `medium`, `weak` or `none`."""
    last = re.split(r"[_.\- ]", name[-48:])[-1]
    if _NOT_A_SECRET.fullmatch(last) or ("public" in name and "key" in name):
        return "none"
    if _STRONG.search(name):
        return "strong"
    if _MEDIUM.search(name):
        return "medium"
    return "weak" if _WEAK.search(name) else "none"


def name_of(text: str, match: re.Match[str]) -> str:
    """Return the whole name around a stem, in lower case with camel case split."""
    start = match.start()
    floor = max(0, start - 32)
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    whole = text[start : match.end("tail")]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", whole).lower().rstrip("_.-")
