"""What the pages about delivery say is what the workflow, the actions and the contract declare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gatepost.config import contract

ROOT = Path(__file__).parent.parent
DELIVER_PAGE = (ROOT / "docs" / "deliver.md").read_text("utf-8")
TRAIN_PAGE = (ROOT / "docs" / "train.md").read_text("utf-8")
CALL = yaml.safe_load((ROOT / ".github" / "workflows" / "deliver.yml").read_text("utf-8"))[True][
    "workflow_call"
]


@pytest.mark.parametrize("name", [*CALL["inputs"], *CALL["secrets"], *CALL["outputs"]])
def test_every_input_secret_and_output_of_the_workflow_is_told(name):
    assert f"`{name}`" in DELIVER_PAGE


DEFAULTS = {
    name: str(declared["default"]).lower() if declared["type"] == "boolean" else declared["default"]
    for name, declared in CALL["inputs"].items()
}


@pytest.mark.parametrize(
    "name", [name for name, default in DEFAULTS.items() if default and len(default) < 20]
)
def test_defaults_are_told_as_they_are(name):
    rows = [line for line in DELIVER_PAGE.splitlines() if line.startswith(f"| `{name}` |")]

    assert [row for row in rows if row.endswith(f"| `{DEFAULTS[name]}` |")]


def test_the_actions_shown_take_the_inputs_shown():
    shown = re.findall(r"uses: acme/gatepost/actions/(\w+)@v1\n(?:  with: \{ (.*) \})?", DELIVER_PAGE)
    assert len(shown) >= 6
    for name, given in shown:
        declared = yaml.safe_load((ROOT / "actions" / name / "action.yml").read_text("utf-8"))["inputs"]
        assert set(re.findall(r"(?:^|, )([\w-]+): ", given)) <= set(declared)


def test_the_contract_shown_is_one(tmp_path):
    [block] = re.findall(r"```yaml\n(model: .*?)```", TRAIN_PAGE, re.DOTALL)
    (tmp_path / "metrics.yml").write_text(block)

    read = contract.read(tmp_path)

    assert read.train.timeout_s == 600
    assert read.validate.thresholds["accuracy"].least == 0.85


@pytest.mark.parametrize("section", ["train", "validate"])
def test_every_key_of_the_contract_is_told(section):
    shape = contract._Training if section == "train" else contract._Validation

    for key in shape.model_fields:
        assert f"| `{section}.{key}` |" in TRAIN_PAGE
