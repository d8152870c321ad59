"""Random mixtures of everything that means something to markdown, HTML or GitHub."""

from __future__ import annotations

import random

import pytest

from benchmarks.reading import REPOSITORY, faults, other_outline, outline, rendered
from gatepost.safety import sanitise
from tests.safety.attacks import ATTACKS

WORDS = r"""
` `` ``` ~~~ ~~ * ** *** _ __ # ## > >> - + 1. 2) [ ] ( ) ! ![ ]( [x]: [^1] [^1]: | || |-|-| :-: ---
=== :::
<!-- --> --!> <! <details> </details> <details><summary> </summary> <summary> <br> <sub> </sub> <kbd> </kbd>
<b> </b> <i> <p> <script> </script> <style> <plaintext> <textarea> <iframe> <img <svg> <table> <td> <a href=
</a> <pre> </pre> <code> </code> <?php ?> <![CDATA[ ]]> <![]]> <!DOCTYPE <x-y /> </ < > ＠ ／ ＃ ＜ ｀
é 中文 🙂
::error:: ##[error] ##[ /approve /merge @octocat @a/b @ # #1 GH-1 a/b#1 fixes closes GH- $ $$ $x$ \color{red}
https:// https://evil.example/x www.evil.example http:// mailto:x@y.z user@h.example //evil.example
https://github.com/acme/repo/blob/main/x.py#L1 https://github.com/acme/repo/issues/9 0123abc ```mermaid
& &amp; &lt; &gt; &sol; &#64; &#47; &#10; &NewLine; &Tab; &#8203; &nbsp; &num; &grave; &bsol; \ \\ \/ \` \| \[
^ : ; = . 1 23 a b foo <!--gatepost- x ~~~math javascript:x
"""
PIECES = (*WORDS.split(), "\ufe0f", "\u200d", "\u202e", "\x1b[31m", "\x00", "\u00a0")
GAPS = (
    " ",
    " ",
    "",
    "",
    "",
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    "    ",
    "\t",
    "  \n",
    "\\\n",
    "\r\n",
    "\x0b",
    "\u2028",
)
STARTS = (
    "\n> ",
    "\n- ",
    "\n  ",
    "\n1. ",
    "\n    ",
    "\n| ",
    " |\n",
    "\n```\n",
    "\n~~~\n",
    "\n<details>\n",
    "\n\n***\n\n",
)


def soup(seed: int) -> str:
    """Return one mixture, of the same size and kind for the same seed."""
    chance = random.Random(seed)
    parts = []
    for _ in range(chance.choice((3, 8, 20, 60))):
        piece = chance.choice(PIECES)
        parts += (
            piece * (chance.randint(2, 30) if chance.random() < 0.02 else 1),
            chance.choice(GAPS + STARTS),
        )
        if chance.random() < 0.05:
            parts.append(chance.choice(ATTACKS[chance.choice(tuple(ATTACKS))]))
    return "".join(parts)


@pytest.mark.parametrize("hundred", range(12))
def test_no_mixture_acts_or_changes_when_read_twice(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        text = soup(seed)

        safe = sanitise(text, repository=REPOSITORY)

        assert not faults(safe), (seed, text)
        assert sanitise(safe, repository=REPOSITORY) == safe, (seed, text)
        assert other_outline(safe) == outline(rendered(safe)), (seed, text)
