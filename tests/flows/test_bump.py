from __future__ import annotations

import subprocess
import sys

import pytest


def bump(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gatepost.cli", "bump", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_one_value_of_one_document_changes(tmp_path):
    path = tmp_path / "all.yaml"
    path.write_bytes(b"a: 1\r\n---\r\nspec: {containers: [{image: 'x:1'}]} # here\r\n")

    done = bump(str(path), "1", '["spec","containers",0,"image"]', "x:2")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.read_bytes() == b"a: 1\r\n---\r\nspec: {containers: [{image: 'x:2'}]} # here\r\n"


def test_a_number_is_written_when_asked_for(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("percent: 10\n")

    assert bump(str(path), "0", '["percent"]', "25", "--number").returncode == 0
    assert path.read_text() == "percent: 25\n"


@pytest.mark.parametrize(
    ("args", "code", "why"),
    [
        (("0", '["x"]', "new"), 4, "twice"),
        (("0", '["y"]', "new"), 2, "no key 'y'"),
        (("-1", '["x"]', "new"), 2, ""),
        (("one", '["x"]', "new"), 2, "DOC is 'one'"),
        (("0", "x", "new"), 2, "KEY_JSON is 'x'"),
        (("0", "[true]", "new"), 2, "KEY_JSON"),
        (("0", '["x"]', "ten", "--number"), 2, "NEW is 'ten'"),
    ],
)
def test_a_refusal_has_its_exit_code_and_leaves_the_file(tmp_path, args, code, why):
    path = tmp_path / "f.yaml"
    path.write_text("x: a\nx: b\n")

    done = bump(str(path), *args)

    assert done.returncode == code
    assert why in done.stderr
    assert path.read_text() == "x: a\nx: b\n"
