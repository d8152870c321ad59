from __future__ import annotations

import stat

import pytest

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.files import bump


def test_the_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "deploy.yaml"
    path.write_bytes(b"x: a\r\n")
    path.chmod(0o640)

    assert bump(path, doc=0, key=["x"], new="b")

    assert path.read_bytes() == b"x: b\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["deploy.yaml"]


def test_a_value_that_is_there_already_is_not_written(tmp_path):
    path = tmp_path / "deploy.yaml"
    path.write_bytes(b"x: b\n")
    before = path.stat().st_ino

    assert not bump(path, doc=0, key=["x"], new="b")

    assert path.stat().st_ino == before


def test_a_symbolic_link_is_not_written_through(tmp_path):
    (tmp_path / "real.yaml").write_text("x: a\n")
    (tmp_path / "link.yaml").symlink_to("real.yaml")

    with pytest.raises(RefusedError, match=r"symbolic link to real\.yaml"):
        bump(tmp_path / "link.yaml", doc=0, key=["x"], new="b")

    assert (tmp_path / "real.yaml").read_text() == "x: a\n"


def test_a_refusal_leaves_the_file_alone(tmp_path):
    path = tmp_path / "deploy.yaml"
    path.write_text("x: a\nx: b\n")

    with pytest.raises(RefusedError):
        bump(path, doc=0, key=["x"], new="c")

    assert path.read_text() == "x: a\nx: b\n"


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_is_no_file_is_said(tmp_path, name):
    with pytest.raises(ConfigError, match=r"cannot be read|not a file"):
        bump(tmp_path / name, doc=0, key=["x"], new="b")
