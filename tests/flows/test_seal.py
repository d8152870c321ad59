"""`gatepost seal` as two jobs run it."""

from __future__ import annotations

import pytest

from tests.flows import toy


@pytest.fixture
def step(tmp_path, monkeypatch, capfd):
    (tmp_path / "out" / "model").mkdir(parents=True)
    (tmp_path / "out" / "model" / "weights.bin").write_bytes(b"123")
    return toy.stepper(tmp_path, monkeypatch, capfd)


def test_what_arrives_as_it_left_is_let_through(step, tmp_path):
    sealed = step("seal", str(tmp_path / "out")).outputs["seal"]

    told = step("seal", str(tmp_path / "out"), GATEPOST_EXPECT=sealed)

    assert told.code == 0
    assert told.outputs["seal"] == sealed


@pytest.mark.parametrize("change", ["content", "name", "more"])
def test_what_was_changed_on_the_way_is_refused(step, tmp_path, change):
    sealed = step("seal", str(tmp_path / "out")).outputs["seal"]
    weights = tmp_path / "out" / "model" / "weights.bin"
    if change == "content":
        weights.write_bytes(b"124")
    elif change == "name":
        weights.rename(weights.with_name("other.bin"))
    else:
        weights.with_name("more.bin").write_bytes(b"")

    told = step("seal", str(tmp_path / "out"), "--expect", sealed)

    assert told.code == 4
    assert "seal" not in told.outputs
