"""The shape of a model's answer, and reading it as the untrusted text it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from gatepost.errors import UpstreamError
from gatepost.model import FailureType

MOST_BYTES = 400_000


def _cut(most: int) -> BeforeValidator:
    """Cut what is too long, rather than lose the whole answer for it."""
    return BeforeValidator(lambda value: value[:most] if isinstance(value, str | list) else value)


_Line = Annotated[str, _cut(300)]
_Words = Annotated[str, _cut(2_000)]


class AnsweredQuote(BaseModel):
    """One line that proves a claim."""

    evidence: Annotated[_Line, Field(description="the name of the evidence, exactly as given")]
    line: Annotated[_Words, Field(description="one line of it, copied exactly, without its number")]


class AnsweredCause(BaseModel):
    """One cause, explained."""

    cause: Annotated[int, Field(ge=1, description="number of the cause this explains")]
    failure_type: FailureType
    title: Annotated[_Line, Field(description="one sentence: what failed")]
    why: Annotated[_Words, Field(description="the root cause, at most three sentences")]
    fix: Annotated[_Words, Field(description="the smallest fix, with file and line where known")]
    details: Annotated[list[_Words], _cut(10), Field(description="further points the task asks for")]
    cites: Annotated[list[_Line], _cut(20), Field(description="names of the evidence that supports this")]
    quotes: Annotated[list[AnsweredQuote], _cut(6)]
    confidence: Annotated[float, Field(ge=0, le=1)]


class Answer(BaseModel):
    """Everything a model may say."""

    causes: Annotated[list[AnsweredCause], _cut(40)]


def read(text: str, *, model: str) -> Answer:
    """Read an answer; raises `UpstreamError` when it is not the JSON that was asked for."""
    if len(text) > MOST_BYTES:
        raise UpstreamError(
            f"{model} answered {len(text)} characters; at most {MOST_BYTES} are read", fix="try again"
        )
    try:
        return Answer.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        shown = " ".join(text.split())[:60]
        raise UpstreamError(
            f"{model} did not answer in the form asked for ({where}: {first['msg'].lower()}): {shown!r}",
            fix="try again, or set `model.name` to a model that keeps to a response schema",
        ) from error
