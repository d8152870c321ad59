"""A prompt file uses exactly what it declares, and a fault in one says where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost import prompts
from gatepost.errors import ConfigError
from gatepost.model import FailureType

GOOD = b"---\nversion: 1\nabout: Test.\nwants: [causes, run]\n---\nRun: {{ run }}\nCauses: {{ causes }}\n"


@pytest.mark.parametrize("kind", prompts.KINDS)
def test_every_kind_has_a_file_that_loads_and_renders(kind: str) -> None:
    prompt = prompts.load(kind, replaced={})

    text = prompt.render(**{name: f"<{name}>" for name in prompt.wants})

    assert prompt.version >= 1
    assert prompt.about.endswith(".")
    assert all(f"<{name}>" in text for name in prompts.OFFERED)
    assert "{{" not in text


@pytest.mark.parametrize("failure", FailureType)
def test_every_failure_type_has_one_kind(failure: FailureType) -> None:
    assert sum(failure in failures for failures in prompts.KINDS.values()) == 1
    assert prompts.kind_of(failure) in prompts.KINDS


def test_no_file_is_without_a_kind() -> None:
    found = {path.name for path in prompts.BUILT_IN.iterdir()}

    assert found == {f"{kind}{prompts.SUFFIX}" for kind in prompts.KINDS}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD.replace(b", run]", b"]"), "uses `run` but does not declare it"),
        (GOOD.replace(b"{{ run }}", b""), "declares `run` but does not use it"),
        (GOOD.replace(b", run]", b", rnu]"), r"x\.md\.j2:4:17: wants is not offered: rnu"),
        (GOOD.replace(b", run]", b", run, run]"), "wants names it twice: run"),
        (GOOD.replace(b"version", b"vresion"), r"x\.md\.j2:2:1: vresion is not a setting"),
        (GOOD.replace(b"version: 1", b"version: one"), r"x\.md\.j2:2:1: version is 'one'"),
        (GOOD.replace(b"version: 1\n", b""), "version is missing"),
        (GOOD.replace(b"about: Test.", b"about: [Test."), r"x\.md\.j2:\d+:\d+ is not YAML"),
        (GOOD.replace(b"{{ run }}", b"{{ run "), r"x\.md\.j2:7 is not a Jinja template"),
        (b"Just words.", r"x\.md\.j2:1 has no front matter"),
        (b"", r"x\.md\.j2:1 has no front matter"),
        (b"\xff\xfe", "is not UTF-8"),
        (GOOD + b"a" * prompts.MOST_BYTES, "has more than"),
    ],
)
def test_a_malformed_file_is_one_sentence_with_place_and_fix(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        prompts.parse(data, kind="general", file="x.md.j2")

    assert caught.value.fix
    assert caught.value.exit_code == 2


def test_missing_and_surplus_values_are_refused_by_name() -> None:
    prompt = prompts.parse(GOOD, kind="general", file="x.md.j2")

    with pytest.raises(ConfigError, match=r"lacks run and does not want evidence"):
        prompt.render(causes="c", evidence="e")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ run.__class__.__mro__ }}",
        "{{ run.format.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{% for i in range(10**9) %}x{% endfor %}{{ run }}",
        "{% include '/etc/passwd' %}{{ run }}",
        "{% import 'os' as os %}{{ run }}",
        "{{ run * 10 ** 12 }}",
        "{{ run|center(10 ** 12) }}",
        "{{ '%999999999s' % run }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}{{ run }}",
    ],
)
def test_a_template_can_only_show_its_values(attack: str) -> None:
    data = GOOD.replace(b"{{ run }}", attack.encode())

    with pytest.raises(ConfigError, match=r"x\.md\.j2:6 uses Jinja's \w+"):
        prompts.parse(data, kind="general", file="x.md.j2")


def test_a_template_may_ask_whether_a_value_is_empty() -> None:
    data = GOOD.replace(b"{{ run }}", b"{% if not run %}local{% else %}{{ run }}{% endif %}")

    prompt = prompts.parse(data, kind="general", file="x.md.j2")

    assert prompt.render(run="", causes="c").startswith("Run: local")


def test_text_in_a_value_is_not_a_template() -> None:
    prompt = prompts.parse(GOOD, kind="general", file="x.md.j2")

    assert "{{ causes }}" in prompt.render(run="{{ causes }}", causes="secret plan").splitlines()[0]


def test_a_repository_replaces_a_prompt_by_name(tmp_path: Path) -> None:
    folder = tmp_path / prompts.OVERRIDES
    folder.mkdir(parents=True)
    (folder / "lint.md.j2").write_bytes(GOOD)
    (folder / "notes.txt").write_text("ignored")

    replaced = prompts.overrides(tmp_path)

    assert prompts.load("lint", replaced=replaced).about == "Test."
    assert prompts.load("build", replaced=replaced).about != "Test."


def test_a_link_in_the_checkout_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / prompts.OVERRIDES
    folder.mkdir(parents=True)
    (folder / "lint.md.j2").symlink_to("/etc/hostname")

    assert prompts.overrides(tmp_path) == {}


def test_a_file_that_replaces_nothing_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match=r"test-failures\.md\.j2 replaces no prompt") as caught:
        prompts.load("lint", replaced={"test-failures.md.j2": GOOD})

    assert "test-failure.md.j2" in caught.value.fix
