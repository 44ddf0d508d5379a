import numpy as np
import pytest

from libra_emo.labelling.machines import MachineVotes, fit_machines, predict_machines
from libra_emo.labelling.people import neighbour_shares, prior_people, weigh_answers
from libra_emo.labelling.posterior import fit_posterior, update_posterior
from libra_emo.labelling.votes import Votes

LABELS = 4
NEIGHBOURS = neighbour_shares([[1], [0, 2], [1], []])


def votes_of(*rows):
    clip, person, answer = zip(*rows, strict=True)
    return Votes(np.array(clip), np.array(person), np.array(answer))


def draw_machines(clips=3000, seed=1, copies=1):
    """Return truth and machines: a weak student, one voter, and copies of this voter."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(LABELS, size=clips)
    voter = np.where(draw.random(clips) < 0.6, truth, draw.integers(LABELS, size=clips))
    student = np.full((clips, LABELS), 0.2)
    guess = np.where(draw.random(clips) < 0.5, truth, draw.integers(LABELS, size=clips))
    student[np.arange(clips), guess] = 0.4
    voters = np.stack([voter] * copies, axis=1)
    return truth, MachineVotes(student, voters, NEIGHBOURS)


def test_neighbours_are_halved_in_their_order_and_all_others_are_alike_without_any():
    np.testing.assert_allclose(NEIGHBOURS[1], [2 / 3, 0, 1 / 3, 0])
    np.testing.assert_allclose(NEIGHBOURS[3], [1 / 3, 1 / 3, 1 / 3, 0])


def test_voters_that_copy_one_another_count_as_one():
    truth, alone = draw_machines()
    _, copied = draw_machines(copies=3)
    asked = np.arange(len(truth)) < 2000
    targets = np.eye(LABELS)[truth]
    one = predict_machines(alone, fit_machines(alone, targets, asked))
    three = predict_machines(copied, fit_machines(copied, targets, asked))
    np.testing.assert_allclose(np.exp(one), np.exp(three), atol=0.02)


def test_probabilities_of_machines_are_calibrated_on_clips_that_were_not_asked():
    truth, machines = draw_machines(8000)
    asked = np.arange(len(truth)) < 4000
    model = fit_machines(machines, np.eye(LABELS)[truth], asked)
    shares = np.exp(predict_machines(machines, model))[~asked]
    sure = shares.max(axis=1)
    right = shares.argmax(axis=1) == truth[~asked]
    assert sure.mean() == pytest.approx(right.mean(), abs=0.02)


def test_the_order_of_answers_changes_nothing_and_more_equal_answers_make_surer():
    model = prior_people(5, NEIGHBOURS)
    forth = weigh_answers(votes_of((0, 0, 1), (0, 1, 2), (0, 2, 1)), 1, model)
    back = weigh_answers(votes_of((0, 2, 1), (0, 1, 2), (0, 0, 1)), 1, model)
    np.testing.assert_allclose(forth.logs, back.logs)
    one = weigh_answers(votes_of((0, 0, 1)), 1, model).logs[0]
    two = weigh_answers(votes_of((0, 0, 1), (0, 1, 1)), 1, model).logs[0]
    assert two[1] - two[0] > one[1] - one[0] > 0


def test_a_second_equal_answer_is_worth_less_than_the_first():
    # people err alike and on hard clips, so that two are not twice as much as one
    model = prior_people(5, NEIGHBOURS)
    one = weigh_answers(votes_of((0, 0, 1)), 1, model).logs[0]
    two = weigh_answers(votes_of((0, 0, 1), (0, 1, 1)), 1, model).logs[0]
    assert two[1] - two[0] < 2 * (one[1] - one[0])


def test_ability_is_found_and_shrunk():
    draw = np.random.default_rng(2)
    truth, machines = draw_machines(1500)
    rows = []
    for person, ability in enumerate([0.95, 0.8, 0.6, 0.35]):
        right = draw.random(1500) < ability
        answers = np.where(right, truth, draw.integers(LABELS, size=1500))
        rows += [(clip, person, answers[clip]) for clip in range(1500)]
    rows.append((0, 4, truth[0]))  # a person with one answer stays near the average
    posterior = fit_posterior(machines, votes_of(*rows), 5)
    abilities = posterior.model.people.abilities
    assert (np.diff(abilities[:4]) < -0.3).all()
    assert abs(abilities[4]) < 0.5
    assert (posterior.probabilities.argmax(axis=1) == truth).mean() > 0.9


def test_without_answers_the_posterior_is_that_of_the_machines():
    _, machines = draw_machines(50)
    none = np.empty(0, dtype=np.int64)
    posterior = fit_posterior(machines, Votes(none, none, none), 3)
    np.testing.assert_allclose(posterior.probabilities, np.exp(posterior.machine_logs), atol=1e-6)
    np.testing.assert_allclose(posterior.probabilities.sum(axis=1), 1)
    assert posterior.next_answers(slice(0, 7)).shape == (7, LABELS, LABELS + 1)


def test_new_answers_move_their_own_clips_alone():
    _, machines = draw_machines(40)
    before = fit_posterior(machines, votes_of((3, 0, 1), (5, 1, 2)), 3)
    votes = votes_of((3, 0, 1), (5, 1, 2), (7, 2, 0))
    after = update_posterior(machines, votes, before.model, before.machine_logs)
    moved = np.abs(after.probabilities - before.probabilities).max(axis=1) > 1e-9
    assert np.flatnonzero(moved).tolist() == [7]


def test_next_answers_are_probabilities():
    _, machines = draw_machines(20)
    posterior = fit_posterior(machines, votes_of((3, 0, 1), (3, 1, 2)), 3)
    np.testing.assert_allclose(posterior.next_answers(slice(0, 20)).sum(axis=2), 1)
