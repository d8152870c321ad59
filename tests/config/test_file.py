"""`.gatepost.yml` is read strictly, and every fault names its place, its value and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost import config
from gatepost.config import Config
from gatepost.errors import ConfigError
from gatepost.model import FailureType

FULL = b"""\
model:
  name: gemini-next
  deadline_s: 30
budget:
  lines: 40
post:
  close: false
reuse_days: 3
secrets: [DEPLOY_PASS]
routes:
  default:
    labels: [ci]
  sca:
    labels: [security]
    assignees: [alice]
    mentions: ["@acme/security", bob]
  model-validation:
    mentions: [acme/ml]
"""


def test_nothing_decided_is_the_defaults(tmp_path: Path) -> None:
    assert config.read(tmp_path, env={}) == Config()
    assert config.parse(b"# only a comment\n", env={}) == Config()


def test_everything_that_can_be_decided_is_read() -> None:
    found = config.parse(FULL, env={})

    assert (found.model.name, found.model.deadline_s) == ("gemini-next", 30)
    assert found.budget.lines == 40
    assert not found.posting.close
    assert found.reuse_days == 3
    assert found.secrets == ("DEPLOY_PASS",)


def test_a_failure_is_told_to_its_own_route_and_to_everyone() -> None:
    found = config.parse(FULL, env={})

    route = found.route(FailureType.SCA, FailureType.MODEL_VALIDATION)

    assert route.labels == ("ci", "security")
    assert route.assignees == ("alice",)
    assert route.mentions == ("acme/security", "bob", "acme/ml")
    assert found.route(FailureType.LINT).labels == ("ci",)


def test_the_environment_overrides_the_model() -> None:
    env = {"GATEPOST_MODEL": "gemini-own", "GATEPOST_VERTEX_PROJECT": "my-project"}

    found = config.parse(FULL, env=env)

    assert (found.model.name, found.model.project) == ("gemini-own", "my-project")


@pytest.mark.parametrize(
    ("text", "said", "fix"),
    [
        ("modle: {}", r"\.gatepost\.yml:1:1: modle is not a setting", "write `model`"),
        ("model:\n  nmae: x", r":2:3: model\.nmae is not a setting", "write `name`"),
        ("routes:\n  sac: {}", r":2:3: routes\.sac is not a setting", "write `sca`"),
        ("routes:\n  sca:\n    label: [x]", r":3:5: routes\.sca\.label is not a setting", "write `labels`"),
        ("reuse_days: soon", r":1:1: reuse_days is 'soon'", "valid integer"),
        ("reuse_days: -1", r":1:1: reuse_days is -1", "greater than or equal to 0"),
        ("post:\n  issue: yess", r":2:3: post\.issue is 'yess'", "boolean"),
        (
            "routes:\n  sca:\n    mentions:\n      - a b",
            r":4:9: routes\.sca\.mentions\.0 is 'a b'",
            "matches",
        ),
        ("routes:\n  sca:\n    mentions: ['x\\n@all']", r"mentions\.0 is", "matches"),
        ("routes:\n  sca:\n    labels: ['a,b']", r"labels\.0 is 'a,b'", "matches"),
        ("model:\n  name: '../../x y'", r"model\.name is", "matches"),
        ("a: [1", r":1:6 is not YAML", "correct that line"),
        ("a:\n\tb: 1", r":2:1 is not YAML", "correct that line"),
        ("- model", r":1:1 is a list, not settings", "keys such as"),
        ("model", r":1:1 is a str, not settings", "keys such as"),
        ("model: {}\nmodel: {}", r":2:1 names model twice", "keep one"),
        ("budget: &b {lines: 40}\npost: *b", r"uses an alias", "write the value out"),
        ("model: !!python/object:os.system x", r"is", ""),
        ("? [a, b]\n: c", r"no plain word", "plain key"),
        ("x: " + "[" * 40 + "]" * 40, r"nested deeper", "write the value out"),
    ],
    ids=lambda value: value[:40],
)
def test_a_fault_names_place_value_and_fix(text: str, said: str, fix: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        config.parse(text.encode(), env={})

    assert fix in caught.value.fix
    assert caught.value.exit_code == 2


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="not UTF-8 at byte 0"):
        config.parse(b"\xff", env={})
    with pytest.raises(ConfigError, match="more than"):
        config.parse(b"#" * 70_000, env={})


def test_a_folder_in_the_file_s_place_is_said(tmp_path: Path) -> None:
    (tmp_path / config.FILE).mkdir()

    with pytest.raises(ConfigError, match="cannot be read"):
        config.read(tmp_path, env={})
