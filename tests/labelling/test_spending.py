import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.labelling.spending import alpha_of_look, spent_alpha

NAMES = ("linear", "pocock", "obrien_fleming")


@given(st.integers(1, 12), st.sampled_from(NAMES), st.floats(0.001, 0.2))
def test_the_parts_of_all_looks_add_up_to_alpha(planned, spending, alpha):
    parts = [alpha_of_look(alpha, look, planned, spending) for look in range(1, planned + 1)]
    assert sum(parts) == pytest.approx(alpha)
    assert min(parts) >= 0


def test_spending_functions_have_the_published_values_at_half_way():
    # Lan and DeMets (1983): 2 - 2 Phi(1.96 / sqrt 0.5) = 0.0056; 0.05 ln(1 + 1.71828 / 2) = 0.0310
    assert spent_alpha(0.05, 0.5, "obrien_fleming") == pytest.approx(0.00557, abs=1e-5)
    assert spent_alpha(0.05, 0.5, "pocock") == pytest.approx(0.03100, abs=1e-5)


def test_a_look_that_was_not_planned_is_refused():
    with pytest.raises(ValueError, match="look 6 is none of the 5"):
        alpha_of_look(0.05, 6, 5)
