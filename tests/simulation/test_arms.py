import numpy as np
import pytest

from libra_emo.labelling.query_strategies import AskingOptions
from libra_emo.simulation.arms import measure, run_arm, run_paper, strategy_named
from libra_emo.simulation.people import draw_people
from libra_emo.simulation.population import draw_population
from libra_emo.simulation.worlds import WORLDS
from libra_emo.taxonomy import read_taxonomy


@pytest.fixture(scope="module")
def world():
    population = draw_population(WORLDS["base"], read_taxonomy(), 1200, 11)
    people = draw_people(population, 11)
    return population, people, run_paper(population, people)


def test_the_paper_s_rule_asks_four_people_and_gets_better(world):
    population, _, paper = world
    assert (paper.judgements % 4 == 0).all()
    assert len(paper.points) == 3
    accuracies = [point.accuracy for point in paper.points]
    assert accuracies == sorted(accuracies)
    assert paper.points[-1].judgements >= paper.judgements.sum()  # and the adjudicator's
    assert len(population) == len(paper.labels)


def test_expected_gain_stays_in_its_budget_and_beats_random(world):
    population, people, paper = world
    budget = paper.points[-1].judgements // 3
    options = AskingOptions()
    results = {
        name: run_arm(population, people, strategy_named(name), budget, options)
        for name in ("expected_gain", "random")
    }
    for result in results.values():
        assert result.points[-1].judgements == result.judgements.sum() <= budget
        assert result.judgements.max() <= options.max_judgements
        assert 0 <= result.doubt.min() and result.doubt.max() <= 1
    ends = {name: result.points[-1].accuracy for name, result in results.items()}
    assert ends["expected_gain"] > ends["random"]


def test_an_arm_is_the_same_when_it_is_run_again(world):
    population, people, _ = world
    one, again = (
        run_arm(population, people, strategy_named("expected_gain"), 1000, AskingOptions())
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.labels, again.labels)
    assert one.points[-1].accuracy == again.points[-1].accuracy


def test_clips_without_a_label_do_not_count(world):
    population, _, _ = world
    labels = population.truth.copy()
    labels[:100] = -1
    point = measure(population, labels, 7)
    assert (point.accuracy, point.dropped, point.judgements) == (1.0, 100, 7)
