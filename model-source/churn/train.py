"""
Train the model and score it on the test set: `python -m churn.train`.

Writes what the gates read, into the folder named by `--out`:

    metrics.json       one number per metric, on data/test.csv
    params.json        what the training was told
    predictions.csv    one row per test row: key, label, prediction, probability, slices
    model/             the model (skops, not pickle) and its signature
"""

import argparse
import csv
import json
from pathlib import Path

import pandas as pd
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from churn.features import CATEGORIES, COLUMNS, KEY, LABEL, encoder

DATA = Path(__file__).parent.parent / "data"
PARAMS = {"C": 1.0, "max_iter": 500, "random_state": 7}


def main(argv=None):
    """Train, score, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args(argv)

    train = pd.read_csv(args.data / "train.csv")
    test = pd.read_csv(args.data / "test.csv")
    print(f"training on {len(train)} rows, testing on {len(test)}", flush=True)
    model = fit(train)
    probability = model.predict_proba(test[list(COLUMNS)])[:, 1]
    metrics = score(test[LABEL], probability)
    write(args.out, model=model, test=test, probability=probability, metrics=metrics)
    print(" ".join(f"{name}={value:.4f}" for name, value in metrics.items()), flush=True)


def fit(train, params=None):
    """Return a fitted pipeline from raw columns to a probability."""
    pipeline = Pipeline([("encode", encoder()), ("classify", LogisticRegression(**(params or PARAMS)))])
    return pipeline.fit(train[list(COLUMNS)], train[LABEL])


def score(label, probability):
    """Return the metrics that metrics.yml sets limits for."""
    predicted = probability >= 0.5
    return {
        "accuracy": float(accuracy_score(label, predicted)),
        "f1": float(f1_score(label, predicted)),
        "roc_auc": float(roc_auc_score(label, probability)),
        "log_loss": float(log_loss(label, probability)),
    }


def write(out, *, model, test, probability, metrics):
    """Write the four things that the gates read."""
    (out / "model").mkdir(parents=True, exist_ok=True)
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    (out / "params.json").write_text(json.dumps(PARAMS, indent=2) + "\n", encoding="utf-8")
    skops.io.dump(model, out / "model" / "model.skops")
    signature = {
        "inputs": [
            {"name": name, "type": "string" if name in CATEGORIES else "double"} for name in COLUMNS
        ],
        "outputs": [{"name": "probability", "type": "double"}],
    }
    (out / "model" / "signature.json").write_text(json.dumps(signature, indent=2) + "\n", encoding="utf-8")
    with (out / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([KEY, "label", "prediction", "probability", *CATEGORIES])
        for (_, row), p in zip(test.iterrows(), probability, strict=True):
            slices = [row[name] for name in CATEGORIES]
            writer.writerow([row[KEY], row[LABEL], int(p >= 0.5), f"{p:.6f}", *slices])


if __name__ == "__main__":
    main()
