"""The page on settings shows what is really read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gatepost import config, prompts
from gatepost.config import Config
from gatepost.config.file import _KEYS
from gatepost.model import FailureType

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]


def test_the_example_is_read_without_a_fault_and_shows_the_defaults() -> None:
    found = config.parse(EXAMPLE.encode(), env={})

    assert found.model == Config().model
    assert found.budget == Config().budget
    assert found.posting == Config().posting
    assert found.reuse_days == Config().reuse_days
    assert found.route(FailureType.SCA).mentions == ("acme/security",)


OWN = {at: keys for at, keys in _KEYS.items() if not {"scan", "handoff"} & set(at)}


@pytest.mark.parametrize("key", sorted({key for keys in OWN.values() for key in keys}))
def test_every_key_is_on_the_page(key: str) -> None:
    assert re.search(rf"\b{key}\b", PAGE)


@pytest.mark.parametrize("word", [*FailureType, *prompts.KINDS, *prompts.OFFERED])
def test_every_failure_type_prompt_and_value_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE or f"{{{{ {word} }}}}" in PAGE
