"""Whatever MLflow raises, as one sentence that holds no password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatepost.errors import GatepostError, UpstreamError

if TYPE_CHECKING:
    from mlflow.exceptions import MlflowException


@contextmanager
def translated(uri: str, doing: str) -> Iterator[None]:
    """Raise `UpstreamError` for what the store at `uri` could not do; `doing` completes "could not"."""
    broken: tuple[type[BaseException], ...] = (*_broken(), OSError)
    try:
        yield
    except GatepostError:
        raise
    except broken as error:
        shown = _without_password(uri)
        said = " ".join(str(error).replace(uri, shown).split())[:300]
        raise UpstreamError(
            f"MLflow at {shown} could not {doing}: {said}",
            fix="check MLFLOW_TRACKING_URI and the server, then run the gate again; nothing was promoted",
        ) from error


def exception() -> type[MlflowException]:
    """Return the class of MLflow's own errors, loaded only when it is needed."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - costs seconds, and only some verbs need it

    return MlflowException


def _broken() -> tuple[type[BaseException], ...]:
    import requests  # noqa: PLC0415 - see above
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - see above

    return (exception(), requests.RequestException, SQLAlchemyError)


def _without_password(uri: str) -> str:
    scheme, separator, rest = uri.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if "@" in rest else uri
