"""`gatepost redact` is a filter: bytes in, the same lines out, without secrets."""

import os
import subprocess
import sys

import pytest


def run(data: bytes, *options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "gatepost.cli", "redact", *options]
    return subprocess.run(
        command, input=data, capture_output=True, env={**os.environ, **(env or {})}, timeout=60, check=False
    )


def test_secrets_go_and_everything_else_passes():
    done = run("first\r\nDB_PASSWORD='9lMq!*0xQhRE'\nlast é".encode())

    assert done.returncode == 0
    assert done.stdout.decode() == "first\r\nDB_PASSWORD='[redacted: password]'\nlast é"
    assert done.stderr == b""


def test_known_values_come_from_the_environment():
    done = run(
        b"it is orange-kettle, or b3JhbmdlLWtldHRsZQ==",
        "--known-env",
        "KETTLE",
        env={"KETTLE": "orange-kettle"},
    )

    assert done.stdout == b"it is [redacted: known value], or [redacted: known value]"


def test_a_missing_variable_is_named():
    done = run(b"x", "--known-env", "NO_SUCH_VARIABLE")

    assert done.returncode == 2
    assert b"NO_SUCH_VARIABLE" in done.stderr
    assert b"fix:" in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("data", [b"", b"\n", b"no newline", b"\xff\xfe\x00", bytes(range(256)) * 40])
def test_any_bytes_pass_without_a_crash(data: bytes):
    done = run(data)

    assert done.returncode == 0
    assert done.stdout.count(b"\n") == data.count(b"\n")
