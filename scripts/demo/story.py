"""The pushes of the story: one that ships, and those that each stop at another gate."""

from __future__ import annotations

from pathlib import Path

from repositories import Push, edit

QUERY = '''

def rows_of(cursor, region):
    """Fetch the customers of one region."""
    cursor.execute(f"SELECT * FROM customers WHERE region = '{region}'")
    return cursor.fetchall()
'''


def _query(root: Path) -> None:
    file = root / "churn" / "features.py"
    file.write_text(file.read_text("utf-8") + QUERY, encoding="utf-8")


PUSHES = (
    Push(
        name="A model that ships",
        message="Train a churn classifier",
        change=lambda _: None,
        stopped_by="",
    ),
    Push(
        name="A test that fails",
        message="Count a customer as leaving from 0.4",
        change=edit("churn/train.py", "predicted = probability >= 0.5", "predicted = probability >= 0.4"),
        stopped_by="check",
    ),
    Push(
        name="A query built from values",
        message="Read customers by region",
        change=_query,
        stopped_by="scan",
    ),
    Push(
        name="A model below its threshold",
        message="Regularise harder",
        change=edit("churn/train.py", '"C": 1.0', '"C": 0.0005'),
        stopped_by="validate",
    ),
)
