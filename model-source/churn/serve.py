"""
Serve the model over the open inference protocol, version 2 (KServe, Triton and others speak it).

`python -m churn.serve` reads MODEL_DIR (default `out/model`) and listens on PORT (default 8080).
"""

import os
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import skops.io
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from churn.features import CATEGORIES, COLUMNS

NAME = "churn"


class Tensor(BaseModel):
    """One input or output column."""

    name: str
    shape: list[int]
    datatype: str
    data: list[str | float]


class Request(BaseModel):
    """What a client sends to `infer`: one tensor per column, all of one length."""

    id: str = ""
    inputs: list[Tensor]


def create_app(model_dir):
    """Return the ASGI application; the model loads once, before the first request."""
    loaded = {}

    @asynccontextmanager
    async def lifespan(_):
        # skops rebuilds known types only; unlike a pickle, the file cannot run code.
        loaded["model"] = skops.io.load(Path(model_dir) / "model.skops")
        yield

    app = FastAPI(title=NAME, lifespan=lifespan)

    @app.get("/v2")
    def server():
        return {"name": NAME, "version": os.environ.get("MODEL_VERSION", ""), "extensions": []}

    @app.get("/v2/health/live")
    def live():
        return {"live": True}

    @app.get("/v2/health/ready")
    def ready():
        return {"ready": "model" in loaded}

    @app.get(f"/v2/models/{NAME}/ready")
    def model_ready():
        return {"name": NAME, "ready": "model" in loaded}

    @app.get(f"/v2/models/{NAME}")
    def metadata():
        inputs = [
            {"name": c, "datatype": "BYTES" if c in CATEGORIES else "FP64", "shape": [-1]} for c in COLUMNS
        ]
        outputs = [{"name": "probability", "datatype": "FP64", "shape": [-1]}]
        return {"name": NAME, "versions": [], "platform": "sklearn", "inputs": inputs, "outputs": outputs}

    @app.post(f"/v2/models/{NAME}/infer")
    def infer(request: Request):
        given = {tensor.name: tensor.data for tensor in request.inputs}
        if missing := [c for c in COLUMNS if c not in given]:
            raise HTTPException(400, f"missing inputs: {', '.join(missing)}")
        if len({len(given[c]) for c in COLUMNS}) != 1:
            raise HTTPException(400, "inputs differ in length")
        frame = pd.DataFrame({c: given[c] for c in COLUMNS})
        probability = loaded["model"].predict_proba(frame)[:, 1].tolist()
        output = {"name": "probability", "datatype": "FP64", "shape": [len(probability)], "data": probability}
        return {"model_name": NAME, "id": request.id, "outputs": [output]}

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(os.environ.get("MODEL_DIR", "out/model")),
        host="0.0.0.0",
        port=int(os.environ.get("PORT", "8080")),
    )
