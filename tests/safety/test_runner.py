"""What we print is never obeyed, and what we hand to the runner is read as one value."""

from __future__ import annotations

import re

import pytest

from gatepost.errors import ConfigError
from gatepost.safety.runner import file_command, log_text, workflow_command

BREAKS = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1c")


def commands(text: str) -> list[str]:
    """Return the lines that the runner would obey; it splits and trims as .NET does."""
    lines = re.split(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text)
    return [line for line in lines if re.match(r"[\s\ufeff\u200b]*::[A-Za-z]", line) or "##[" in line]


def read_file_commands(text: str) -> dict[str, str]:
    """Return what the runner reads from a file of `name<<delimiter` entries."""
    found = {}
    lines = iter(re.split(r"\r\n|\r|\n", text.removesuffix("\n")))
    for line in lines:
        name, mark, delimiter = line.partition("<<")
        assert mark, line
        value = []
        while (line := next(lines)) != delimiter:
            value.append(line)
        found[name] = "\n".join(value)
    return found


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
@pytest.mark.parametrize(
    "command",
    [
        "::error::x",
        "  ::set-output name=a::b",
        "\ufeff::add-mask::x",
        "\u200b::debug::x",
        "\x1b[31m::error::x",
        "\x1b]0;t\x07::error::x",
        "\x00::stop-commands::t",
        "\u00a0::group::x",
        ":\u200b:error::x",
        "##[set-env name=A]b",
        "x ##[group]y",
        "##\u200b[error]x",
        "###[error]",
    ],
)
def test_untrusted_line_is_printed_not_obeyed(command: str, line_break: str) -> None:
    printed = log_text(f"before{line_break}{command}{line_break}after")

    assert commands(printed) == []
    assert printed.startswith("before\n")
    assert printed.endswith("\nafter")


@pytest.mark.parametrize(
    "text",
    ["time 12::30", "::1 localhost", "std::vector", "a # b [c]", "100%0A::x", "tests/x.py::test_a", "é 中"],
)
def test_ordinary_line_is_printed_as_it_is(text: str) -> None:
    assert log_text(text) == text


def test_printing_twice_changes_nothing_more() -> None:
    once = log_text("::error::x\n##[group]y")

    assert log_text(once) == once


@pytest.mark.parametrize(
    "value",
    [
        "",
        "one",
        "two\nlines",
        "trailing\n",
        "\n\n",
        "x\nghadelimiter_0\nEVIL=1",
        "a<<EOF\nb\nEOF",
        "EVIL=1\nOTHER<<x\ny\nx",
        "carriage\rreturn\r\nboth",
        "ünïcödé 中文 \u2028 sep",
        "a=b",
    ],
)
def test_value_is_read_back_whole(value: str) -> None:
    entries = read_file_commands(file_command("first", value) + file_command("second", "2"))

    assert entries == {"first": re.sub("\r\n|\r", "\n", value), "second": "2"}


def test_delimiter_differs_every_time() -> None:
    assert file_command("a", "b") != file_command("a", "b")


@pytest.mark.parametrize(
    "name", ["", "1a", "a b", "a=b", "a<<b", "a\nb", "a\n", "-a", "a.b", "a:b", "${{x}}"]
)
def test_illegal_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        file_command(name, "value")

    assert repr(name) in refusal.value.what
    assert "letter" in refusal.value.fix


def test_own_command_holds_its_message_on_one_line() -> None:
    command = workflow_command("error", "50% of\n::error::x\r", file="a,b:c.py", line="", title="t::u\n")

    assert command == "::error file=a%2Cb%3Ac.py,title=t%3A%3Au%0A::50%25 of%0A::error::x%0A"
