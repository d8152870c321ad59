from __future__ import annotations

import pytest

from gatepost.config import contract as contracts
from gatepost.errors import ConfigError

GOOD = """\
model: churn
train:
  command: [python, -m, churn.train]
  timeout: 10m
  memory: 1.5GiB
validate:
  test_set: data/test.csv
  thresholds:
    accuracy: {min: 0.85}
"""


def read(tmp_path, text: str):
    (tmp_path / "metrics.yml").write_text(text)
    return contracts.read(tmp_path)


def test_quantities_become_seconds_and_bytes(tmp_path):
    contract = read(tmp_path, GOOD)

    assert contract.train.timeout_s == 600
    assert contract.train.memory_bytes == int(1.5 * 1024**3)
    assert contract.validate.thresholds["accuracy"].least == 0.85


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("timeout: 10m", "timeout: soon", r"train\.timeout is 'soon'"),
        ("timeout: 10m", "timeout: 0s", r"train\.timeout is '0s'"),
        ("memory: 1.5GiB", "memory: 2 pounds", r"train\.memory"),
        ("test_set: data/test.csv", "test_set: ../secret.csv", "leads outside the repository"),
        ("test_set: data/test.csv", "test_set: /etc/passwd", "leads outside the repository"),
        ("{min: 0.85}", "{}", "accuracy"),
        ("{min: 0.85}", "{minimum: 0.85}", "minimum is not a setting"),
        (
            "command: [python, -m, churn.train]",
            "command: python train.py",
            r"metrics\.yml:3:3: train\.command",
        ),
        ("model: churn", "model: [", "is not YAML"),
    ],
)
def test_a_fault_is_named_with_its_value(tmp_path, old, new, said):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, GOOD.replace(old, new))


def test_a_missing_contract_says_what_to_write(tmp_path):
    with pytest.raises(ConfigError, match=r"metrics\.yml cannot be read(?s:.)*docs/train\.md"):
        contracts.read(tmp_path)
