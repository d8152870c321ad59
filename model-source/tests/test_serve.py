import pandas as pd
import pytest
from fastapi.testclient import TestClient

from churn.features import CATEGORIES, COLUMNS
from churn.serve import create_app
from churn.train import DATA, main


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    main(["--out", str(folder)])
    with TestClient(create_app(folder / "model")) as client:
        yield client


def tensors(rows):
    return [
        {
            "name": name,
            "shape": [len(rows)],
            "datatype": "BYTES" if name in CATEGORIES else "FP64",
            "data": rows[name].tolist(),
        }
        for name in COLUMNS
    ]


def test_it_answers_the_open_inference_protocol(client):
    rows = pd.read_csv(DATA / "test.csv").head(3)

    answer = client.post("/v2/models/churn/infer", json={"id": "7", "inputs": tensors(rows)}).json()

    assert answer["model_name"] == "churn" and answer["id"] == "7"
    (output,) = answer["outputs"]
    assert output["shape"] == [3] and all(0 <= p <= 1 for p in output["data"])


def test_it_is_ready_once_the_model_is_loaded(client):
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v2/models/churn").json()["name"] == "churn"


def test_a_missing_column_is_named(client):
    rows = pd.read_csv(DATA / "test.csv").head(1)
    inputs = [t for t in tensors(rows) if t["name"] != "age"]

    answer = client.post("/v2/models/churn/infer", json={"inputs": inputs})

    assert answer.status_code == 400 and "age" in answer.text
