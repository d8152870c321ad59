"""What holds for the whole of one post while it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatepost.safety.redaction import redact
from gatepost.safety.sanitise.links import Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One post on its way to the reader."""

    links: Links

    wary: bool = False
    """Whether secrets are looked for in each text on its own, because `leaks` said so."""

    _texts: list[str] = field(default_factory=list)

    def without_secrets(self, text: str) -> str:
        """
        Return `text`, which is free of markup, without the secrets that only its markup hid.

        There are none in almost every post, so one look at all texts together (`leaks`) comes
        first; it costs a hundredth of a look at each.
        """
        if self.wary:
            return str(redact(text))
        self._texts.append(text)
        return text

    def leaks(self) -> bool:
        """Whether a text that has been written holds a secret."""
        together = "\n".join(self._texts)
        return redact(together) != together
