from __future__ import annotations

import pytest

from gatepost.errors import ConfigError, RefusedError
from gatepost.gates.seal import check_seal, seal


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "model").write_bytes(b"weights")
    (tmp_path / "b").write_bytes(b"")
    return tmp_path


def test_what_arrives_as_sent_is_let_in(folder):
    assert check_seal(folder, seal(folder)) == seal(folder)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda f: (f / "a" / "model").write_bytes(b"weight5"),
        lambda f: (f / "extra").write_bytes(b""),
        lambda f: (f / "b").unlink(),
        lambda f: (f / "b").rename(f / "c"),
        lambda f: ((f / "a" / "model").rename(f / "model"), (f / "a").rmdir()),
    ],
)
def test_any_other_name_or_byte_is_refused(folder, tamper):
    sent = seal(folder)

    tamper(folder)

    with pytest.raises(RefusedError, match="not what the job before sent"):
        check_seal(folder, sent)


def test_nothing_and_links_have_no_seal(tmp_path):
    with pytest.raises(ConfigError, match="no file"):
        seal(tmp_path)
    (tmp_path / "link").symlink_to("/etc/hostname")
    with pytest.raises(ConfigError, match="symbolic link"):
        seal(tmp_path)
