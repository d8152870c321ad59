"""
Recorded failures and judged answers: what each prompt carries, and what of an answer is let through.

The model's part is played by the local server with the recorded answer, so the whole way is real:
prompt file, fences, wire protocol, parsing, citation check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from gatepost import prompts
from gatepost.analysis.gemini import GeminiAnalyst
from gatepost.analysis.rules import Rules
from gatepost.clients.gemini import Access, Gemini
from gatepost.model import Cause, Facts
from tests.analysis.making import dossier, log_of
from tests.servers.gemini import Gemini as Server

CASES = {
    p.stem: yaml.safe_load(p.read_text("utf-8")) for p in sorted(Path(__file__).parent.glob("cases/*.yml"))
}
ANSWERS = [(name, n) for name, case in CASES.items() for n in range(len(case["answers"]))]


class Recorded(Server):
    """Answers what was recorded."""

    said: dict[str, Any]

    def _fill(self, body: dict[str, Any], prompt: str) -> Any:
        known = {"cause": 1, "details": [], "cites": [], "quotes": [], "confidence": 0.8}
        return {"causes": [{**known, **self.said}]}


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    with Recorded() as server:
        yield server
    assert not server.faults


def ask(server: Recorded, case: dict[str, Any], said: dict[str, Any]) -> Cause:
    server.said = said
    access = Access(key=server.key, base_url=server.url)
    analyst = GeminiAnalyst(
        model=Gemini("recorded-model", access=access, deadline_s=20.0),
        prompt=partial(prompts.load, replaced={}),
        input_tokens=20_000,
        output_tokens=2_000,
    )
    item = log_of("job", case["log"].rstrip("\n"), facts=Facts(step=case["step"], exit_codes=(1,)))
    [cause] = analyst.analyse(dossier([item])).causes
    return cause


@pytest.mark.parametrize("name", CASES)
def test_the_rules_choose_the_kind_of_prompt(name: str) -> None:
    case = CASES[name]
    item = log_of("job", case["log"], facts=Facts(step=case["step"], exit_codes=(1,)))

    [cause] = Rules().analyse(dossier([item])).causes

    assert cause.failure.value == case["failure"]
    assert prompts.kind_of(cause.failure) == case["kind"]


@pytest.mark.parametrize("name", CASES)
def test_the_prompt_carries_what_the_answer_needs(recorded: Recorded, name: str) -> None:
    case = CASES[name]

    ask(recorded, case, case["answers"][0]["said"])

    [prompt] = recorded.prompts
    words = " ".join(prompt.split())
    assert [part for part in case["prompt_has"] if part not in words] == []


@pytest.mark.parametrize(("name", "number"), ANSWERS)
def test_of_an_answer_only_what_is_proven_is_let_through(recorded: Recorded, name: str, number: int) -> None:
    case = CASES[name]
    answer = case["answers"][number]

    cause = ask(recorded, case, answer["said"])

    assert cause.supported == answer["supported"], answer["why"]
    assert answer["title_has"] in cause.title
    assert cause.failure.value == answer.get("failure", case["failure"])
    real = set(case["log"].split("\n"))
    assert all(line in real for quote in cause.quotes for line in quote.text.split("\n"))
    assert json.dumps(answer["said"]["fix"]) in json.dumps(cause.fix)
