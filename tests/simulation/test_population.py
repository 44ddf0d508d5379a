import numpy as np
import pytest

from libra_emo.annotation.agreement import krippendorff_alpha
from libra_emo.simulation.people import draw_answers, draw_panel, draw_people
from libra_emo.simulation.population import class_mix, draw_population
from libra_emo.simulation.student import cross_fit, fit_in_sample
from libra_emo.simulation.worlds import WORLDS
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def bench_population(name, clips=6000, seed=3):
    return draw_population(WORLDS[name], TAXONOMY, clips, seed, films=60, mix="bench")


def test_the_class_mixes_are_those_of_the_paper():
    assert len(TAXONOMY.labels) == 13
    neutral = TAXONOMY.labels.index("neutral")
    assert class_mix(TAXONOMY)[neutral] == pytest.approx(23_681 / 61_625)
    assert class_mix(TAXONOMY, "bench")[neutral] == pytest.approx(77 / 642)


@pytest.mark.parametrize("name", list(WORLDS))
def test_voters_are_about_as_able_as_those_of_the_paper(name):
    population = bench_population(name)
    right = (population.voters == population.truth[:, None]).mean(axis=0)
    np.testing.assert_allclose(right, [0.478, 0.433, 0.417], atol=0.05)


@pytest.mark.parametrize("name", ["base", "correlated", "worst"])
def test_people_agree_about_as_those_of_ferplus(name):
    import pandas as pd

    population = bench_population(name)
    _, answers = draw_answers(population, 10, np.random.default_rng(1))
    counts = pd.DataFrame((answers[:, :, None] == np.arange(14)).sum(axis=1))
    assert krippendorff_alpha(counts) == pytest.approx(0.515, abs=0.05)


def test_people_err_together_in_the_worst_world_and_not_in_the_kind_one():
    def alike(name):
        population = bench_population(name)
        _, answers = draw_answers(population, 2, np.random.default_rng(1))
        wrong = (answers != population.truth[:, None]).all(axis=1)
        return (answers[wrong, 0] == answers[wrong, 1]).mean()

    assert alike("worst") > alike("kind") + 0.15


def test_a_student_learns_more_from_better_labels():
    population = bench_population("base")
    draw = np.random.default_rng(2)
    accuracies = []
    for noise in (0.0, 0.4, 0.8):
        wrong = draw.random(len(population)) < noise
        labels = np.where(wrong, draw.integers(13, size=len(population)), population.truth)
        shares = cross_fit(population.seen, labels, population.film, 13)
        accuracies.append((shares.argmax(axis=1) == population.truth).mean())
    assert accuracies == sorted(accuracies, reverse=True)
    assert accuracies[0] == pytest.approx(0.55, abs=0.05)


def test_a_student_that_remembers_disagrees_less():
    population = bench_population("base")
    labels = population.voters[:, 0]
    cross = cross_fit(population.seen, labels, population.film, 13).argmax(axis=1)
    own = fit_in_sample(population.seen, labels, 13, memory=1.5).argmax(axis=1)
    assert (own != labels).mean() < 0.7 * (cross != labels).mean()


def test_the_same_seed_draws_the_same_world_and_another_seed_another():
    one, again = bench_population("base", 1000), bench_population("base", 1000)
    other = bench_population("base", 1000, seed=4)
    np.testing.assert_array_equal(one.seen, again.seen)
    np.testing.assert_array_equal(one.voters, again.voters)
    assert (one.truth != other.truth).any()


def test_nobody_answers_twice_for_a_clip_and_a_panel_is_complete():
    population = bench_population("base", 1000)
    people = draw_people(population, 1)
    ordered = np.sort(people.persons, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all()
    first, second, adjudicated = draw_panel(population, 4, 2, np.random.default_rng(1))
    assert (first.sum(axis=1) == 2).all() and (second.sum(axis=1) == 2).all()
    assert adjudicated.max() <= 13
