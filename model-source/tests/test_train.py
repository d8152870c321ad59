import csv
import json

import pandas as pd
import pytest

from churn.train import DATA, main, score


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    main(["--out", str(folder)])
    return folder


def test_training_writes_what_the_gates_read(out):
    metrics = json.loads((out / "metrics.json").read_text())
    rows = list(csv.DictReader((out / "predictions.csv").open()))

    assert set(metrics) == {"accuracy", "f1", "roc_auc", "log_loss"}
    assert len(rows) == len(pd.read_csv(DATA / "test.csv"))
    right = sum(row["label"] == row["prediction"] for row in rows)
    assert metrics["accuracy"] == pytest.approx(right / len(rows))
    assert (out / "model" / "model.skops").stat().st_size > 1000


def test_training_twice_gives_one_model(out, tmp_path):
    main(["--out", str(tmp_path)])

    assert (tmp_path / "predictions.csv").read_bytes() == (out / "predictions.csv").read_bytes()


def test_the_test_set_shares_no_customer_with_the_training_set():
    train, test = (set(pd.read_csv(DATA / f"{part}.csv")["customer"]) for part in ("train", "test"))

    assert not train & test


def test_scores_of_a_perfect_and_a_useless_model():
    label = pd.Series([0, 1, 0, 1])

    assert score(label, label.to_numpy(dtype=float))["accuracy"] == 1.0
    assert score(label, 1 - label.to_numpy(dtype=float))["accuracy"] == 0.0
