"""One prompt in, one answer out, within the deadline, whatever the service does."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from gatepost.clients.gemini import Access, Gemini
from gatepost.errors import ConfigError, UpstreamError
from tests.servers.gemini import Gemini as Server
from tests.servers.gemini import Mood


class Shape(BaseModel):
    words: str


def ask(server: Server, *, deadline_s: float = 20.0, key: str = ""):
    access = Access(key=key or server.key, base_url=server.url)
    model = Gemini("test-model", access=access, deadline_s=deadline_s)
    return model.ask("What failed?", system="Explain.", shape=Shape, output_tokens=500)


def test_an_answer_comes_with_its_cost(gemini: Server) -> None:
    answer = ask(gemini)

    assert Shape.model_validate_json(answer.text).words
    assert answer.usage.input_tokens > 0
    assert answer.usage.output_tokens > 0
    assert gemini.prompts == ["Explain.What failed?"]


@pytest.mark.parametrize(
    ("mood", "said"), [(Mood.BLOCKED, "SAFETY"), (Mood.EMPTY, "SAFETY"), (Mood.CUT, "MAX_TOKENS")]
)
def test_an_answer_that_is_not_whole_says_why_and_what_it_cost(gemini: Server, mood: Mood, said: str) -> None:
    gemini.mood = mood

    answer = ask(gemini)

    assert answer.problem is not None
    assert said in answer.problem.what
    assert answer.usage.input_tokens > 0


def test_the_service_s_own_delay_is_honoured(gemini: Server) -> None:
    gemini.mood = Mood.QUOTA
    gemini.retry_after_s = 1

    with pytest.raises(UpstreamError, match="quota"):
        ask(gemini, deadline_s=3.0)

    assert 2 <= len(gemini.prompts) <= 3


def test_a_delay_beyond_the_deadline_is_not_waited_for(gemini: Server) -> None:
    gemini.mood = Mood.QUOTA
    gemini.retry_after_s = 3600

    with pytest.raises(UpstreamError, match="quota"):
        ask(gemini, deadline_s=5.0)

    assert len(gemini.prompts) == 1


def test_a_silent_service_is_given_up_at_the_deadline(gemini: Server) -> None:
    gemini.mood = Mood.SLOW

    with pytest.raises(UpstreamError, match="not reached in time"):
        ask(gemini, deadline_s=1.0)


def test_an_overloaded_service_is_asked_again(gemini: Server) -> None:
    gemini.mood = Mood.FLAKY

    assert ask(gemini).text
    assert len(gemini.prompts) == 2


def test_a_wrong_key_is_said_and_not_repeated(gemini: Server) -> None:
    with pytest.raises(ConfigError, match="refuses the credentials") as caught:
        ask(gemini, key="wrong-key-123456")

    assert "wrong-key" not in str(caught.value)
    assert "GEMINI_API_KEY" in caught.value.fix


def test_neither_key_nor_project_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="neither a Gemini API key nor a Vertex AI project"):
        Gemini("test-model", access=Access(), deadline_s=1.0)


def test_the_key_is_not_shown_by_repr() -> None:
    assert "sesame" not in repr(Access(key="open-sesame"))
