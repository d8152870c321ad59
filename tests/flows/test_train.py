"""`gatepost train` as a step runs it: what is registered, and what is not."""

from __future__ import annotations

import json

import pytest

from gatepost.clients.mlflow import CHALLENGER
from gatepost.flows._registry import open_registry
from tests.flows import toy


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    return toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))


def test_a_training_becomes_a_version_with_where_it_came_from(repository):
    told = repository.step("train", str(repository.root), GITHUB_RUN_ID="7")

    version = open_registry(repository.root, {}).alias("toy", CHALLENGER)
    assert told.code == 0
    assert version
    assert (told.outputs["model"], told.outputs["model-version"]) == ("toy", version.number)
    assert told.outputs["mlflow-run"] == version.run_id
    assert version.tags["commit"] == toy.git(repository.root, "rev-parse", "HEAD").strip()
    assert version.tags["workflow_run"] == "7"
    assert len(version.tags["test_set_sha256"]) == 64


def test_a_training_that_lies_is_not_registered(repository):
    script = repository.root / "train.py"
    script.write_text(script.read_text().replace("(len(rows) - wrong) / len(rows)", "0.99"))
    repository.wrong(40)

    told = repository.step("train", str(repository.root))

    assert told.code == 1
    assert "metrics.json says accuracy 0.9900, but 0.9000" in told.said
    assert "model-version" not in told.outputs
    assert not (repository.root / "mlflow.db").exists()


def test_without_a_registry_it_is_judged_only(repository, tmp_path):
    told = repository.step(
        "train", str(repository.root), "--no-register", "--verdict", str(tmp_path / "t.json")
    )

    assert told.code == 0
    assert json.loads((tmp_path / "t.json").read_text())["facts"]["accuracy"] == "0.9"
    assert not (repository.root / "mlflow.db").exists()


def test_a_model_in_a_folder_of_its_repository_strays_wherever_it_writes_beside_its_own(repository):
    folder = repository.root / "models" / "toy"
    folder.mkdir(parents=True)
    for name in ("metrics.yml", "train.py", "test.csv", "wrong.txt"):
        (repository.root / name).rename(folder / name)
    toy.git(repository.root, "add", "-A")
    toy.git(repository.root, "commit", "-qm", "Move the model")
    good = repository.step("train", str(folder), "--no-register")
    script = folder / "train.py"
    script.write_text(script.read_text() + "\npathlib.Path('../../beside.txt').write_text('x')\n")
    toy.git(repository.root, "commit", "-qam", "Write beside it")

    told = repository.step("train", str(folder), "--no-register")

    assert good.code == 0, good.said
    assert told.code == 1
    assert "::error file=beside.txt" in told.said


OWN_RUN = """
import csv, pathlib
import mlflow, numpy
from sklearn.linear_model import LogisticRegression
rows = list(csv.DictReader(open("test.csv")))
with mlflow.start_run() as run:
    mlflow.log_param("C", 1.0)
    mlflow.log_metric("accuracy", 1.0)
    with open("out/predictions.csv", "w") as file:
        file.write("id,label,prediction,region\\n")
        file.writelines(f"{row['id']},{row['label']},{row['label']},{row['region']}\\n" for row in rows)
    mlflow.log_artifact("out/predictions.csv")
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    mlflow.sklearn.log_model(model, name="model", input_example=numpy.array([[0.0]]))
pathlib.Path("out/predictions.csv").unlink()
pathlib.Path("out/mlflow-run-id").write_text(run.info.run_id)
"""


def test_a_training_that_logs_to_mlflow_leaves_nothing_but_the_id_of_its_run(repository):
    script = repository.root / "train.py"
    script.write_text("import pathlib\npathlib.Path('out').mkdir()\n" + OWN_RUN)
    repository.wrong(0)

    told = repository.step("train", str(repository.root))

    assert told.code == 0, told.said
    registry = open_registry(repository.root, {})
    version = registry.alias("toy", CHALLENGER)
    assert version.run_id == (repository.root / "out" / "mlflow-run-id").read_text()
    assert registry.run(version.run_id).params["C"] == "1.0"
    model = sorted(p.name for p in (repository.root / "out" / "model").iterdir())
    assert "MLmodel" in model, model
    described = registry.fetch(version.run_id, "model/MLmodel", into=repository.root / "out" / "model")
    assert "signature" in described.read_text()
    assert repository.step("validate", str(repository.root)).code == 0


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ("../../etc", 2, "which is no id of an MLflow run"),
        ("0" * 32, 3, f"could not read the run {'0' * 32}"),
    ],
)
def test_the_id_of_a_run_that_cannot_be_says_so(repository, said, code, message):
    script = repository.root / "train.py"
    script.write_text(f"{script.read_text()}\n(out / 'mlflow-run-id').write_text({said!r})\n")
    repository.wrong(0)

    told = repository.step("train", str(repository.root))

    assert told.code == code
    assert message in told.said


def test_the_embedded_stores_files_are_the_trainings_only_where_there_is_no_server(repository):
    (repository.root / ".gitignore").write_text("out/\n")
    script = repository.root / "train.py"
    script.write_text(script.read_text() + "\npathlib.Path('mlflow.db').write_bytes(b'')\n")
    repository.wrong(0)

    without = repository.step("train", str(repository.root), "--no-register")
    (repository.root / "mlflow.db").unlink()
    beside = repository.step(
        "train", str(repository.root), "--no-register", MLFLOW_TRACKING_URI="http://127.0.0.1:9"
    )

    assert without.code == 0, without.said
    assert beside.code == 1
    assert "changed files outside out/: mlflow.db" in beside.said


def test_a_registry_that_does_not_answer_says_so_after_the_training(repository):
    told = repository.step(
        "train",
        str(repository.root),
        MLFLOW_TRACKING_URI="http://127.0.0.1:9",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    )

    assert told.code == 3
    assert "check MLFLOW_TRACKING_URI" in told.said
