"""Untrusted text on its way into a prompt: enclosed so that it cannot pose as the prompt."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from gatepost.safety.visible import visible

# What chat templates and tokenisers reserve. Angle brackets and bars also in their full-width forms.
_OPEN = "[<\uff1c]"
_CLOSE = "[>\uff1e]"
_BAR = "[|\uff5c]"
_RESERVED = re.compile(
    rf"{_OPEN}(?={_BAR})|{_BAR}(?={_CLOSE})"  # <|im_start|>, <|eot_id|> and all of that shape
    rf"|{_OPEN}(?=/?(?:s|bos|eos|pad|unk|mask|sep|cls|eod|eot|pre|suf|mid|user|assistant|system|human|model)"
    rf"\s*/?{_CLOSE})"
    rf"|{_OPEN}(?=/?(?:(?:start|end|begin)_of_\w+|unused_?\d+|ctrl\d+|extra_id_\d+|fim_\w+|reserved_\w+)\s*{_CLOSE})"
    rf"|{_OPEN}(?=/?(?:antml:)?(?:tool|function)_(?:calls?|results?|responses?|code|outputs?)\b)"
    rf"|{_OPEN}(?={_OPEN}/?\s*sys\s*{_CLOSE})|(?<=sys){_CLOSE}(?={_CLOSE})"
    r"|\[(?=/?(?:inst|sys|bos|eos|pad|unk|cls|sep|mask|system_prompt|tool_calls|tool_results"
    r"|available_tools|img|prefix|suffix|middle)\])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """Untrusted text between two lines that it could not have foreseen."""

    prompt: str
    """Ready to be placed in a prompt; `delimiter` stands on its first and last line and nowhere else."""

    delimiter: str
    """128 random bits, new for every call. Name it in the prompt's own instructions."""


def fence(text: str) -> Fenced:
    """
    Enclose `text` between two lines of one random delimiter.

    A space breaks tokens that chat templates reserve, so that the text cannot end its turn;
    characters no reader sees are removed. All other text is left as it is.
    """
    inner = _RESERVED.sub(r"\g<0> ", visible(text))
    delimiter = secrets.token_hex(16)
    while delimiter in text or delimiter in inner:
        delimiter = secrets.token_hex(16)
    return Fenced(prompt=f"{delimiter}\n{inner}\n{delimiter}", delimiter=delimiter)
