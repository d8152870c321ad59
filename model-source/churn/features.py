"""The columns the model reads, and how they become numbers."""

from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

LABEL = "churned"
KEY = "customer"
NUMBERS = ("tenure_months", "monthly_charge", "support_calls", "age")
CATEGORIES = {
    "region": ("north", "south", "east", "west"),
    "contract": ("monthly", "yearly", "two-year"),
    "payment": ("automatic", "manual"),
}
COLUMNS = (*CATEGORIES, *NUMBERS)


def encoder():
    """Scale the numbers and spread the categories; a category never seen becomes all zeros."""
    return ColumnTransformer(
        [
            ("numbers", StandardScaler(), list(NUMBERS)),
            (
                "categories",
                OneHotEncoder(categories=[list(v) for v in CATEGORIES.values()], handle_unknown="ignore"),
                list(CATEGORIES),
            ),
        ]
    )
