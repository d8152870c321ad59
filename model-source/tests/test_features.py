import pandas as pd

from churn.features import CATEGORIES, COLUMNS, NUMBERS, encoder

ROW = {
    "region": "west",
    "contract": "monthly",
    "payment": "manual",
    "tenure_months": 3,
    "monthly_charge": 80.0,
    "support_calls": 4,
    "age": 40,
}


def test_every_column_is_encoded_once():
    assert set(COLUMNS) == set(CATEGORIES) | set(NUMBERS)

    encoded = encoder().fit_transform(pd.DataFrame([ROW, ROW | {"region": "north"}]))

    assert encoded.shape == (2, len(NUMBERS) + sum(map(len, CATEGORIES.values())))


def test_an_unknown_category_is_no_category():
    fitted = encoder().fit(pd.DataFrame([ROW]))

    encoded = fitted.transform(pd.DataFrame([ROW | {"region": "moon"}]))

    assert encoded[0, len(NUMBERS) : len(NUMBERS) + len(CATEGORIES["region"])].tolist() == [0, 0, 0, 0]
