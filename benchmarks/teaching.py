"""What helps a student at equal human cost? Ten seeds, paired, on films that it never saw.

`benchmarks/active_learning.py --teach` runs it, in two places. On the drawn sample the classical
student learns the clips that `make run` has made, from simulated annotators; the clips of the
bench's films, with their truth, measure it. In the world `base` of `kedro simulate`, at 6,000
clips, the linear student of the simulation learns, and the clips of another population measure it.

Compared with the labels of the same loop (`expected_gain`, one annotator after the other):

- soft labels: every label of a clip is taught with its posterior as weight;
- posterior weights: the label alone, with its posterior as weight;
- clips left out whose label's posterior is below 0.5 or 0.7;
- class floor: a class that is rarer than half of the average counts as much as that;
- the labels of round 0 (in the world by the paper's rule, which spends about three times as many
  answers there), and the truth of the same clips, which nobody knows.

And for the same number of people's answers, without machines: all clips with one answer each, half
of them with two, a quarter with four, with the label of the posterior or with soft labels.

On the sample the student is made of the same three parts as the classical one, in a form that takes
weights, without calibration.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from kedro.io import DataCatalog
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits
from weighted_blend import Floats, WeightedBlend, linear_scores

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.simulated import SimulatedAnnotators, match_truth
from libra_emo.common.seeding import generator
from libra_emo.labelling.machines import MachineVotes
from libra_emo.labelling.people import neighbour_shares
from libra_emo.labelling.posterior import fit_posterior
from libra_emo.labelling.query_strategies import AskingOptions, expected_gain
from libra_emo.labelling.votes import Votes
from libra_emo.simulation.arms import run_arm, run_paper
from libra_emo.simulation.people import draw_people
from libra_emo.simulation.population import draw_population
from libra_emo.simulation.worlds import WORLDS
from libra_emo.students import ClassicalOptions, TrainingOptions
from libra_emo.students.training_table import choose_columns
from libra_emo.taxonomy import Taxonomy, read_taxonomy

# takes the weight of each label of each clip, and returns accuracy and macro F1 on unseen films
Teach = Callable[[Floats], tuple[float, float]]

MOST_FLOOR = 10.0
WORLD_CLIPS = 6_000
BUDGET_SHARE = 0.2  # of what the paper's rule spends: where `expected_gain` has its labels
FLOOR = 0.5
MOST = 4  # answers for a clip


class Taught(NamedTuple):
    """The labels of a loop by position.

    Attributes:
        first: Labels of round 0, -1 for none.
        last: Labels of the last round.
        truth: True labels.
        shares: Posterior of the last round: an array (clips, labels).
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    truth: NDArray[np.int64]
    shares: Floats


def compare_targets(taught: Taught, teach: Teach) -> dict[str, tuple[float, float]]:
    """Return by way of teaching the scores of a student that learns a loop's labels."""
    number = taught.shares.shape[1]
    hard = np.eye(number)[taught.last]
    sure = (hard * taught.shares).sum(axis=1, keepdims=True)
    ways = {
        "labels": hard,
        "soft labels": taught.shares,
        "posterior weights": hard * sure,
        "left out below 0.5": hard * (sure >= 0.5),
        "left out below 0.7": hard * (sure >= 0.7),
        "class floor": hard * class_floor(hard.sum(axis=0)),
        "round 0": np.eye(number)[taught.first] * (taught.first >= 0)[:, None],
        "truth": np.eye(number)[taught.truth],
    }
    return {name: teach(weights) for name, weights in ways.items()}


def class_floor(sizes: Floats) -> Floats:
    """Return how much a clip of each class counts, so that none counts less than the floor."""
    least = FLOOR * sizes.sum() / len(sizes)
    weights: Floats = np.maximum(1.0, least / np.maximum(sizes, 1))
    return np.minimum(weights, MOST_FLOOR)


def compare_votes(
    answers: NDArray[np.int64],
    persons: NDArray[np.int64],
    people: int,
    neighbours: Floats,
    teach: Teach,
) -> dict[str, tuple[float, float]]:
    """Return the scores of students that learn many clips with few answers, and the reverse.

    Args:
        answers: Answers for each clip in their order: an array (clips, 4).
        persons: Who gave them.
        people: How many people there are.
        neighbours: Share of each label among the errors of a true label.
        teach: Teaches and measures.
    """
    clips, number = len(answers), len(neighbours)
    found = {}
    for each in (1, 2, MOST):
        some = np.arange(0, clips, each)
        votes = Votes(
            np.repeat(np.arange(len(some)), each),
            persons[some, :each].ravel(),
            answers[some, :each].ravel(),
        )
        nothing = np.full((len(some), number), 1 / number)
        machines = MachineVotes(nothing, np.full((len(some), 1), -1), neighbours)
        shares = fit_posterior(machines, votes, people).probabilities
        for name, targets in (("labels", np.eye(number)[shares.argmax(axis=1)]), ("soft", shares)):
            weights = np.zeros((clips, number))
            weights[some] = targets
            found[f"{each} answers, {name}"] = teach(weights)
    return found


def teach_world(seed: int) -> dict[str, tuple[float, float]]:
    """Return all scores in the world `base` for one seed."""
    taxonomy = read_taxonomy()
    population = draw_population(WORLDS["base"], taxonomy, WORLD_CLIPS, seed)
    unseen = draw_population(WORLDS["base"], taxonomy, WORLD_CLIPS, 10_000 + seed)
    people = draw_people(population, seed)

    def teach(weights: Floats) -> tuple[float, float]:
        answers = _discriminate(population.seen, weights, unseen.seen)
        f1 = f1_score(unseen.truth, answers, average="macro")
        return float((answers == unseen.truth).mean()), float(f1)

    budget = int(BUDGET_SHARE * run_paper(population, people).points[-1].judgements)
    result = run_arm(population, people, expected_gain, budget, AskingOptions())
    first = run_paper(population, people, rounds=0).labels
    taught = Taught(first, result.labels, population.truth, result.shares)
    votes = people.answers[:, :MOST], people.persons[:, :MOST]
    return compare_targets(taught, teach) | compare_votes(
        *votes, people.count, population.neighbours, teach
    )


def _discriminate(seen: Floats, weights: Floats, unseen: Floats) -> NDArray[np.int64]:
    """Return the labels that the simulation's student gives, taught with the labels' weights."""
    answers: NDArray[np.int64] = linear_scores(seen, weights, unseen, 5.0, 0.0).argmax(axis=1)
    return answers


def teach_sample(
    catalog: DataCatalog, tables: dict[str, Any], parameters: dict[str, Any]
) -> dict[str, tuple[float, float]]:
    """Return all scores on the drawn sample, for the loop that ran in a catalog.

    Args:
        catalog: Catalog of the loop, whose last round has been weighed.
        tables: Tables of preprocessing.
        parameters: Parameters of the project with the seed of the loop.
    """
    taxonomy, seed = tables["taxonomy"], int(parameters["seed"])
    truth = match_truth(tables["sample_truth"], tables["candidates"]).set_index("clip_id")["label"]
    last, soft = catalog.load("labels").set_index("clip_id"), _read_soft(catalog, parameters)
    clips = [clip for clip in soft.index if clip in last.index and clip in truth.index]
    held_out = pd.concat([catalog.load("bench_sample"), catalog.load("withheld")])
    unseen = truth[truth.index.isin(held_out["clip_id"])].sort_index()
    options = TrainingOptions.model_validate(parameters["training"]).classical
    teach = teach_classical(tables["features"], clips, unseen, options, taxonomy, seed)

    def places(labels: pd.Series) -> NDArray[np.int64]:
        return pd.Index(taxonomy.labels).get_indexer(labels.reindex(clips)).astype(np.int64)

    first = catalog.load("round_0.labels").set_index("clip_id")["label"]
    taught = Taught(
        places(first), places(last["label"]), places(truth), soft.loc[clips].to_numpy(np.float64)
    )
    annotation = AnnotationOptions.model_validate(parameters["annotation"]).simulated
    people = SimulatedAnnotators(truth.reset_index(), taxonomy, seed, annotation)
    votes = people.vote(Campaign.of("teaching", taxonomy, MOST, 1), clips)
    names = (*taxonomy.labels, taxonomy.other)
    shape = (len(clips), MOST)
    given = pd.Index(names).get_indexer(votes["label"]).reshape(shape).astype(np.int64)
    who, persons = pd.factorize(votes["annotator"])
    # the annotators of a clip are listed by name, and the best have the highest numbers
    order = generator(seed, "teaching").random(shape).argsort(axis=1)
    given = np.take_along_axis(given, order, axis=1)
    who = np.take_along_axis(who.reshape(shape).astype(np.int64), order, axis=1)
    near = [[taxonomy.labels.index(n) for n in one.neighbours] for one in taxonomy.emotions]
    several = compare_votes(given, who, len(persons), neighbour_shares(near), teach)
    return compare_targets(taught, teach) | several


def _read_soft(catalog: DataCatalog, parameters: dict[str, Any]) -> pd.DataFrame:
    name = f"round_{parameters['max_rounds']}.soft_labels"
    return catalog.load(name).set_index("clip_id").sort_index()


def teach_classical(
    features: pd.DataFrame, taught_clips: list[str], truth: pd.Series, options: ClassicalOptions,
    taxonomy: Taxonomy, seed: int,
) -> Teach:  # fmt: skip
    """Return what teaches the classical student some clips and measures it on all other known ones.

    Args:
        features: Features of all clips.
        taught_clips: Ids of the clips that the weights are of, in their order.
        truth: True label of the unseen clips by clip_id.
        options: Options of the student.
        taxonomy: The labels.
        seed: Seed of the student.
    """
    table = features.set_index("clip_id")
    own, unseen = table.loc[taught_clips].reset_index(), table.loc[truth.index].reset_index()
    seen = WeightedBlend(own, unseen, choose_columns(features, "VAT"), options, seed)
    labels = np.array(taxonomy.labels)

    def teach(weights: Floats) -> tuple[float, float]:
        with threadpool_limits(1):
            answers = labels[seen.answer(weights)]
        f1 = f1_score(truth, answers, average="macro", labels=sorted(set(truth) | set(answers)))
        return float((answers == truth.to_numpy()).mean()), float(f1)

    return teach
