"""Make the shipped data again: `python data/make_data.py` writes the same bytes each time."""

import csv
import math
import random
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = (
    "customer",
    "region",
    "contract",
    "payment",
    "tenure_months",
    "monthly_charge",
    "support_calls",
    "age",
    "churned",
)


def customer(number: int, rng: random.Random) -> dict[str, object]:
    """One synthetic customer; no row describes a real person."""
    region = rng.choices(("north", "south", "east", "west"), (4, 3, 2, 1))[0]
    contract = rng.choices(("monthly", "yearly", "two-year"), (5, 3, 2))[0]
    payment = rng.choices(("automatic", "manual"), (6, 4))[0]
    tenure = int(rng.gammavariate(1.6, 16))
    charge = round(rng.gauss(62, 21) + (8 if contract == "monthly" else 0), 2)
    calls = min(9, int(rng.expovariate(0.7)))
    age = int(rng.triangular(18, 88, 41))
    score = (
        -1.1
        + {"monthly": 2.6, "yearly": -0.9, "two-year": -2.8}[contract]
        + (0.9 if payment == "manual" else -0.4)
        - 0.075 * tenure
        + 0.035 * (charge - 62)
        + 1.05 * calls
        + (0.9 if charge > 80 and calls >= 2 else 0)
        + (0.5 if region == "west" else 0)
    )
    churned = rng.random() < 1 / (1 + math.exp(-1.7 * score))
    values = (number, region, contract, payment, tenure, max(charge, 9.0), calls, age, int(churned))
    return dict(zip(COLUMNS, values, strict=True))


def main() -> None:
    """Write train.csv and test.csv beside this file."""
    rng = random.Random(20240501)
    rows = [customer(number, rng) for number in range(1, 5501)]
    for name, part in (("train.csv", rows[:4000]), ("test.csv", rows[4000:])):
        with (HERE / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(part)


if __name__ == "__main__":
    main()
