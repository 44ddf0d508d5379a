import pytest

from libra_emo.labelling.power import (
    BudgetOptions,
    certifiable_limit,
    clips_for_width,
    clips_to_certify,
    design_effect,
    plan_budget,
)


def test_239_clips_certify_ten_percent_where_it_is_five():
    assert clips_to_certify(0.10, 0.05, alpha=0.05, power=0.9) == 239


def test_864_clips_give_two_points_at_ten_percent():
    assert clips_for_width(0.02, 0.10) == 864


def test_the_design_effect_multiplies_clips():
    # Kish: 1 + (31 - 1) x 0.05 = 2.5
    effect = design_effect(31, 0.05)
    assert effect == pytest.approx(2.5)
    assert clips_for_width(0.02, 0.10, design_effect=effect) == pytest.approx(2.5 * 864.36, abs=1)


def test_the_limit_is_the_inverse_of_the_clips():
    assert certifiable_limit(239, 0.05) == pytest.approx(0.10, abs=2e-4)


def test_an_error_at_the_limit_cannot_be_certified():
    with pytest.raises(ValueError, match="the limit must be above it"):
        clips_to_certify(0.05, 0.05)


def test_the_paper_s_rounds_cost_550_hours_at_twenty_seconds():
    # 24,764 clips x 4 people = 99,056 judgements x 20 s = 550.31 h, at 15 an hour
    plan = plan_budget(24_764, 4, 0, BudgetOptions(seconds_per_judgement=20, price_per_hour=15))
    assert (plan.judgements, plan.hours, plan.money) == (99_056, 550.31, 8254.67)
