"""Gemini: one prompt in, one JSON answer out. No tools, no memory, no other call."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from gatepost.errors import ConfigError, UpstreamError
from gatepost.model import Usage

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.errors import APIError
    from google.genai.types import GenerateContentConfig, GenerateContentResponse

_MAX_TRIES = 5
_BACKOFF_S = 1.0
_PASSING_TROUBLE = frozenset({429, 500, 502, 503, 504})
_WHOLE = ("STOP", "FINISH_REASON_UNSPECIFIED")
_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
_SECONDS = re.compile(r"^(\d{1,6}(?:\.\d{1,9})?)s?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the service is reached: with a key, or through Vertex AI with the job's own identity."""

    key: str = field(default="", repr=False)
    project: str = ""
    """Google Cloud project; set, Vertex AI is asked and no key is used."""

    location: str = "global"
    base_url: str = ""
    """Another address of the same API; empty for Google's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model said, unread."""

    text: str
    usage: Usage
    problem: UpstreamError | None = None
    """Why there is no whole answer, though it was paid for: refused, or cut off."""


class Gemini:
    """One model. `deadline_s` holds for all attempts of all calls together, from the first."""

    def __init__(self, model: str, *, access: Access, deadline_s: float) -> None:
        if not access.key and not access.project:
            raise ConfigError(
                "there is neither a Gemini API key nor a Vertex AI project",
                fix="set GEMINI_API_KEY, or `model.project` and the job's workload identity",
            )
        self.model = model
        self._access = access
        self._deadline_s = deadline_s
        self._ends = 0.0

    def ask(self, prompt: str, *, system: str, shape: type[BaseModel], output_tokens: int) -> Answer:
        """
        Ask for JSON in `shape`, and return it as text: reading it is the caller's business.

        Raises `ConfigError` when key, project or model are refused, and `UpstreamError` when no
        answer came before the deadline.
        """
        from google.genai import types  # noqa: PLC0415 - costs over a second

        config = types.GenerateContentConfig(
            system_instruction=system,
            response_mime_type="application/json",
            response_schema=shape,
            max_output_tokens=output_tokens,
            temperature=0.0,
            candidate_count=1,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        return self._read(self._send(prompt, config))

    def _send(self, prompt: str, config: GenerateContentConfig) -> GenerateContentResponse:
        """Send, and again as often as the service asks for patience and the deadline leaves time."""
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above
        from google.genai import errors  # noqa: PLC0415 - as above

        unreached: tuple[type[Exception], ...] = (*_transport_errors(), GoogleAuthError, OSError)
        self._ends = self._ends or time.monotonic() + self._deadline_s
        for attempt in range(1, _MAX_TRIES + 1):
            backoff_s = _BACKOFF_S * 2 ** (attempt - 1)
            try:
                with self._client() as client:  # a client that nobody holds closes itself
                    return client.models.generate_content(model=self.model, contents=prompt, config=config)
            except errors.APIError as error:
                wait_s = max(_asked_s(error), backoff_s)
                if error.code not in _PASSING_TROUBLE or attempt == _MAX_TRIES or wait_s > self._left_s():
                    raise self._refused(error) from error
            except unreached as error:
                wait_s = backoff_s
                if isinstance(error, GoogleAuthError) or attempt == _MAX_TRIES or wait_s > self._left_s():
                    raise self._unreached(error) from error
            except (
                ValueError
            ) as error:  # an answer that is no JSON at all, or a client that finds no identity
                raise self._unreached(error) from error
            time.sleep(wait_s)
        raise self._late()

    def _client(self) -> Client:
        """Make a client that gives up when the deadline comes."""
        from google import genai  # noqa: PLC0415 - costs over a second
        from google.genai import types  # noqa: PLC0415 - as above

        left_s = self._left_s()
        if left_s <= 0:
            raise self._late()
        options = types.HttpOptions(
            timeout=max(1, int(left_s * 1000)), base_url=self._access.base_url or None
        )
        if self._access.project:
            return genai.Client(
                vertexai=True,
                project=self._access.project,
                location=self._access.location,
                http_options=options,
            )
        return genai.Client(vertexai=False, api_key=self._access.key, http_options=options)

    def _left_s(self) -> float:
        return self._ends - time.monotonic()

    def _read(self, response: GenerateContentResponse) -> Answer:
        """Take the text out of an answer; one that is missing or cut off is an error."""
        candidate = next(iter(response.candidates or ()), None)
        reason_given = candidate.finish_reason.value if candidate and candidate.finish_reason else "no answer"
        if response.prompt_feedback and (reason := response.prompt_feedback.block_reason):
            reason_given = reason.value
        if candidate is None or reason_given not in _WHOLE:
            problem = UpstreamError(
                f"{self.model} gave no whole answer ({reason_given})",
                fix="raise `model.output_tokens`"
                if reason_given == "MAX_TOKENS"
                else "read the rules' analysis",
            )
            return Answer(text="", usage=_usage(response), problem=problem)
        parts = (candidate.content.parts if candidate.content else None) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
        return Answer(text=text, usage=_usage(response))

    def _refused(self, error: APIError) -> ConfigError | UpstreamError:
        said = f"{error.code} {error.status or ''}".strip()
        message = " ".join(str(error.message or "").split())[:200]
        if error.code in (401, 403) or (error.code == 400 and "key" in message.lower()):
            return ConfigError(
                f"Gemini refuses the credentials ({said}: {message})",
                fix="renew GEMINI_API_KEY, or give the identity the role Vertex AI User",
            )
        if error.code == 404:
            return ConfigError(
                f"Gemini knows no model {self.model!r}", fix="set `model.name` to one the service lists"
            )
        if error.code == 429:
            return UpstreamError(
                f"Gemini's quota is used up ({said})", fix="wait, or raise the quota of the project"
            )
        return UpstreamError(f"Gemini answered {said}: {message}", fix="try again later")

    def _unreached(self, error: Exception) -> UpstreamError:
        return UpstreamError(
            f"Gemini was not reached in time ({type(error).__name__})",
            fix="raise `model.deadline_s`, or check the network and the credentials",
        )

    def _late(self) -> UpstreamError:
        return UpstreamError(
            f"{self.model} did not answer within {self._deadline_s:.0f} s", fix="raise `model.deadline_s`"
        )


def _transport_errors() -> tuple[type[Exception], ...]:
    """Return the base errors of the HTTP library that google.genai loaded: it moved from one to the next."""
    loaded = [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]
    return tuple(module.HTTPError for module in loaded)


def _asked_s(error: APIError) -> float:
    """Seconds the service asks us to wait: by header, by RetryInfo, else a second."""
    headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
    asked = [headers.get("retry-after", ""), *(_retry_delays(error.details))]
    return max((float(m[1]) for text in asked if (m := _SECONDS.match(text))), default=_BACKOFF_S)


def _retry_delays(details: Any) -> list[str]:
    """Find the delays of `google.rpc.RetryInfo` in the body of an error."""
    inner = details.get("error", details) if isinstance(details, dict) else {}
    items = inner.get("details", []) if isinstance(inner, dict) else []
    found = [i for i in items if isinstance(i, dict) and i.get("@type") == _RETRY_INFO]
    return [str(i.get("retryDelay", "")) for i in found]


def _usage(response: GenerateContentResponse) -> Usage:
    """Read the tokens as the service counted them; thoughts are paid for as output."""
    count = response.usage_metadata
    if count is None:
        return Usage()
    return Usage(
        input_tokens=count.prompt_token_count or 0,
        output_tokens=(count.candidates_token_count or 0) + (count.thoughts_token_count or 0),
        cached_tokens=count.cached_content_token_count or 0,
    )
