"""`gatepost sanitise`, as a person or a step runs it."""

from __future__ import annotations

import os
import subprocess
import sys


def gatepost(*args: str, stdin: bytes, **env: str) -> subprocess.CompletedProcess[bytes]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    return subprocess.run(
        [sys.executable, "-m", "gatepost.cli", "sanitise", *args],
        input=stdin,
        env={**clean, **env},
        capture_output=True,
        check=False,
    )


def test_filters_stdin_to_stdout() -> None:
    done = gatepost("--repo", "acme/repo", stdin="# Fails @you\n\n构建 [x](https://evil.example)\n".encode())

    assert done.returncode == 0
    assert done.stdout.decode() == "# Fails `@you`\n\n构建 x (`https://evil.example`)\n"
    assert done.stderr == b""


def test_takes_repository_and_server_from_actions() -> None:
    link = b"[x](https://ghe.example/o/r/actions/runs/1)\n"

    done = gatepost(stdin=link, GITHUB_REPOSITORY="o/r", GITHUB_SERVER_URL="https://ghe.example")

    assert done.stdout == link


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    done = gatepost("--repo", "acme/repo", stdin=b"a\xff\xfeb\x00c")

    assert done.stdout.decode() == "a\ufffd\ufffdbc\n"


def test_repository_that_is_none_is_refused() -> None:
    done = gatepost("--repo", "not a repo", stdin=b"x")

    assert done.returncode == 2
    assert done.stdout == b""
    assert b"'not a repo'" in done.stderr
    assert b"--repo owner/name" in done.stderr
