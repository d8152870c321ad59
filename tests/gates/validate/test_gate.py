from __future__ import annotations

import pytest

from gatepost.config.contract import Threshold, Validation
from gatepost.gates.validate import validate
from gatepost.predictions import Predictions

RULES = Validation(
    test_set="test.csv",
    thresholds={"accuracy": Threshold(least=0.8)},
    slices=("region",),
    minimum_rows=50,
)


def model(*, wrong: set[int], rows: int = 400, regions=("north",)) -> Predictions:
    """`rows` rows in `regions` by turns; the model errs on the rows in `wrong`."""
    return Predictions(
        keys=tuple(str(i) for i in range(rows)),
        labels=("1",) * rows,
        predicted=tuple("0" if i in wrong else "1" for i in range(rows)),
        probability=None,
        slices={"region": tuple(regions[i % len(regions)] for i in range(rows))},
    )


def judge(challenger: Predictions, champion: Predictions | None, rules: Validation = RULES):
    metrics = {"accuracy": challenger.accuracy}
    return validate(
        rules, metrics=metrics, challenger=challenger, champion=champion, champion_name="version 1"
    )


def rules_of(result) -> list[str]:
    return [f.rule for f in result.verdict.findings]


def test_the_first_model_needs_only_its_thresholds():
    result = judge(model(wrong=set(range(40))), None)

    assert result.decision.promote
    assert "no champion yet" in result.decision.reason


@pytest.mark.parametrize(("errors", "passes"), [(80, True), (81, False)])
def test_the_threshold_itself_is_allowed(errors, passes):
    result = judge(model(wrong=set(range(errors))), None)

    assert result.verdict.passed is passes
    assert result.decision.promote is passes
    if not passes:
        assert "accuracy 0.7975 is below the threshold 0.8" in result.verdict.findings[0].message


def test_a_metric_with_a_threshold_must_be_reported():
    result = validate(RULES, metrics={}, challenger=model(wrong=set()), champion=None)

    assert rules_of(result) == ["validate/metric-missing"]


def test_a_better_challenger_is_promoted_with_its_p_value():
    result = judge(model(wrong=set(range(20))), model(wrong=set(range(60))))

    assert result.decision.promote
    assert "better than version 1 (p = " in result.decision.reason


def test_an_equal_challenger_passes_and_stays_a_challenger():
    result = judge(model(wrong=set(range(20))), model(wrong=set(range(20))))

    assert result.verdict.passed
    assert not result.decision.promote
    assert "not shown to be better" in result.decision.reason


def test_a_worse_challenger_stops_although_it_holds_the_threshold():
    result = judge(model(wrong=set(range(60))), model(wrong=set(range(20))))

    assert rules_of(result)[0] == "validate/worse-than-champion"
    assert not result.decision.promote


def test_a_gain_everywhere_does_not_buy_a_loss_in_one_slice():
    north, south = set(range(0, 400, 2)), set(range(1, 400, 2))
    champion = model(wrong=set(sorted(north)[:70]), regions=("north", "south"))
    challenger = model(wrong=set(sorted(south)[:25]), regions=("north", "south"))

    result = judge(challenger, champion)

    assert rules_of(result) == ["validate/slice-worse-than-champion"]
    assert "region=south" in result.verdict.findings[0].message


def test_a_slice_below_the_minimum_is_not_decided():
    regions = ("north",) * 9 + ("south",)
    champion = model(wrong=set(), regions=regions)
    challenger = model(wrong={9, 19, 29, 39, 49, 59}, regions=regions)

    result = judge(challenger, champion)

    south = next(s for s in result.slices if s.name == "region=south")
    assert (south.rows, south.against) == (40, None)
    assert "validate/slice-worse-than-champion" not in rules_of(result)


def test_a_test_set_of_three_rows_is_not_decidable():
    result = judge(model(wrong=set(), rows=3), None)

    assert not result.verdict.passed
    assert "not decidable: the test set: 3 rows, at least 50 are needed" in result.verdict.findings[0].message


def test_a_champion_asked_about_other_rows_is_not_compared():
    champion = model(wrong=set())
    stranger = Predictions(
        keys=tuple(f"x{k}" for k in champion.keys),
        labels=champion.labels,
        predicted=champion.predicted,
        probability=None,
        slices=champion.slices,
    )

    result = judge(model(wrong=set()), stranger)

    assert result.verdict.passed
    assert not result.decision.promote
    assert "not decidable" in result.decision.reason
