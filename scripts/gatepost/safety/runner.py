"""Text for the GitHub Actions runner: log lines it cannot take for commands, and file commands."""

from __future__ import annotations

import re
import secrets

from gatepost.errors import ConfigError
from gatepost.safety.visible import visible

# The runner takes `::name::` for a command at the start of a line, after trimming, and the older
# `##[name]` anywhere in a line. All its names begin with a letter; `::1` is an address.
_COMMAND = re.compile(r"^[^\S\n]*:(?=:[A-Za-z])|##(?=\[)", re.MULTILINE)

# The docs ask for a letter or underscore first, then letters, digits, hyphens and underscores.
_NAME = re.compile(r"[A-Za-z_][\w-]*")

_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def log_text(text: str) -> str:
    """Return `text` so that the runner prints it and never obeys it: one space breaks each command."""
    return _COMMAND.sub(r"\g<0> ", visible(text))


def file_command(name: str, value: str) -> str:
    """
    Encode one entry for `$GITHUB_OUTPUT`, `$GITHUB_STATE` or `$GITHUB_ENV`.

    The heredoc delimiter is random, so no line of `value` can end the entry and begin another.
    Raises `ConfigError` for a name the runner does not document as legal.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no name for a step output",
            fix="begin with a letter or underscore, then use letters, digits, hyphens and underscores",
        )
    value = value.encode("utf-8", "replace").decode()
    delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
    while delimiter in value:
        delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def workflow_command(name: str, message: str, **properties: str) -> str:
    """Encode one of our own workflow commands; `message` and the properties may be untrusted."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{visible(message).translate(_ESCAPES)}"


def _property(value: str) -> str:
    return visible(value).translate(_PROPERTY_ESCAPES)
