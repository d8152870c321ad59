from __future__ import annotations

import math
import random

import pytest

from gatepost.errors import ConfigError
from gatepost.gates.validate.compare import compare, pair
from gatepost.predictions import Predictions


def predictions(labels, predicted, *, keys=None, probability=None) -> Predictions:
    keys = keys or [str(i) for i in range(len(labels))]
    return Predictions(
        keys=tuple(keys),
        labels=tuple(map(str, labels)),
        predicted=tuple(map(str, predicted)),
        probability=None if probability is None else tuple(probability),
        slices={},
    )


def test_mcnemar_counts_only_the_rows_one_model_gets_right():
    # 10 rows gained, 2 lost: P(X >= 10 | 12, 1/2) = (66 + 12 + 1) / 4096.
    challenger = [0.0] * 10 + [1.0] * 2 + [0.0] * 500
    champion = [1.0] * 10 + [0.0] * 2 + [0.0] * 500

    result = compare(challenger, champion, loss="accuracy")

    assert result.p_better == pytest.approx(79 / 4096)
    assert result.p_worse == pytest.approx(1 - (12 + 1) / 4096)
    assert (result.rows, result.challenger) == (512, 2 / 512)


def test_equal_models_are_neither_better_nor_worse():
    result = compare([0.0, 1.0] * 100, [0.0, 1.0] * 100, loss="accuracy")

    assert (result.p_better, result.p_worse) == (1.0, 1.0)


def test_the_t_test_agrees_with_the_reference_implementation():
    from scipy.stats import ttest_rel

    rng = random.Random(4)
    champion = [rng.random() for _ in range(300)]
    challenger = [c - 0.01 + rng.gauss(0, 0.1) for c in champion]

    result = compare(challenger, champion, loss="log_loss")

    assert result.p_better == pytest.approx(ttest_rel(challenger, champion, alternative="less").pvalue)
    assert result.p_worse == pytest.approx(ttest_rel(challenger, champion, alternative="greater").pvalue)


def test_a_margin_turns_equal_into_not_worse():
    same = [0.0] * 450 + [1.0] * 50

    assert compare(same, same, loss="accuracy", margin=0.02).p_better < 0.05
    assert compare(same, same, loss="accuracy").p_better == 1.0


def test_no_shared_rows_decide_nothing():
    result = compare([], [], loss="accuracy")

    assert result.p_better == 1.0
    assert math.isnan(result.challenger)


def test_rows_are_matched_by_key_and_label():
    new = predictions([1, 0, 1, 1], [1, 0, 0, 1], keys=["a", "b", "c", "d"])
    old = predictions([0, 1, 1], [0, 0, 1], keys=["b", "a", "x"])

    paired = pair(new, old, "accuracy")

    assert paired.at == (0, 1)
    assert (paired.challenger, paired.champion) == ((0.0, 0.0), (1.0, 0.0))
    assert paired.unmatched == 2


def test_losses_follow_their_definitions():
    rows = predictions([1, 0], [1, 1], probability=[0.8, 0.4])

    assert pair(rows, rows, "brier").challenger == pytest.approx((0.04, 0.16))
    assert pair(rows, rows, "log_loss").challenger == pytest.approx((-math.log(0.8), -math.log(0.6)))


def test_a_sure_and_wrong_probability_costs_much_but_not_infinitely():
    rows = predictions([1], [0], probability=[0.0])

    assert math.isfinite(pair(rows, rows, "log_loss").challenger[0])


@pytest.mark.parametrize(
    ("rows", "loss", "named"),
    [
        (predictions([1], [1]), "brier", "no column 'probability'"),
        (predictions(["cat"], ["cat"], probability=[0.5]), "log_loss", "'cat' is not a number"),
        (predictions([2], [2], probability=[0.5]), "brier", "'2' is neither 0 nor 1"),
    ],
)
def test_a_loss_that_the_file_cannot_give_is_refused(rows, loss, named):
    with pytest.raises(ConfigError, match=named):
        pair(rows, rows, loss)
