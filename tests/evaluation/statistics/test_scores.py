import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_recall_fscore_support, recall_score
from support.answer_matrices import make_matrix

from libra_emo.evaluation.statistics.answer_matrix import NO_ANSWER, NO_LABEL, OTHER_LABEL
from libra_emo.evaluation.statistics.scores import METRICS, bound_scores, per_class, score_model

BENCH = (41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27)  # Figure 2 of the paper
DFEW = (489, 294, 534, 379, 435, 29, 181)
NEGATIVE = list(range(5, 13))


def answers_with_hits(sizes, hits):
    """Truths of classes of some sizes, and answers with so many hits in each class."""
    truth = np.repeat(np.arange(len(sizes)), sizes)
    predicted = np.concatenate(
        [
            [place] * right + [(place + 1) % len(sizes)] * (size - right)
            for place, (size, right) in enumerate(zip(sizes, hits, strict=True))
        ]
    )
    return truth, predicted


def fill(sizes, hits):
    """Hits in each class that add up to a number."""
    found = []
    for size in sizes:
        found.append(min(size, hits))
        hits -= found[-1]
    return found


@pytest.mark.parametrize(
    ("hits", "negative_hits", "accuracy", "negative_accuracy"),
    [
        (329, 185, 51.25, 50.55),  # Table 6: Libra-Emo-8B
        (331, 181, 51.56, 49.45),  # Libra-Emo-Omni-7B
        (307, 180, 47.82, 49.18),  # Gemini-2.0-Flash
        (278, 168, 43.30, 45.90),  # GPT-4o
        (268, 135, 41.74, 36.89),  # Claude-3.7-Sonnet
        (327, 180, 50.93, 49.18),  # Table 4: the vote
    ],
)
def test_accuracies_of_the_paper(hits, negative_hits, accuracy, negative_accuracy):
    right = fill(BENCH[:5], hits - negative_hits) + fill(BENCH[5:], negative_hits)
    matrix = make_matrix(*answers_with_hits(BENCH, right))
    found = score_model(matrix, 0, matrix.answered[0])
    assert round(100 * found["accuracy"], 2) == accuracy
    assert round(100 * found["negative_accuracy"], 2) == negative_accuracy


@pytest.mark.parametrize(
    ("hits", "uar", "war"),
    [
        ((307, 126, 241, 313, 310, 2, 102), 52.55, 59.85),  # Table 7: Libra-Emo-8B
        ((280, 132, 277, 253, 279, 2, 120), 51.16, 57.37),  # Libra-Emo-Omni-7B
    ],
)
def test_recalls_of_the_paper_on_dfew(hits, uar, war):
    matrix = make_matrix(*answers_with_hits(DFEW, hits), classes=7, negative=(3, 4, 5, 6))
    found = score_model(matrix, 0, matrix.answered[0])
    assert round(100 * found["uar"], 2) == uar
    assert round(100 * found["accuracy"], 2) == war


codes = st.sampled_from([*range(13), NO_LABEL, OTHER_LABEL])


@given(st.lists(st.tuples(st.integers(0, 12), codes), min_size=1, max_size=40))
def test_scikit_learn_agrees_whatever_is_absent(rows):
    truth, predicted = (np.array(column) for column in zip(*rows, strict=True))
    matrix = make_matrix(truth, predicted)
    found = score_model(matrix, 0, matrix.answered[0])
    occurring = sorted({*truth, *predicted[predicted >= 0]})
    inside = truth >= 5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "accuracy": (truth == predicted).mean(),
            "macro_f1": f1_score(truth, predicted, labels=occurring, average="macro"),
            "weighted_f1": f1_score(
                truth, predicted, labels=occurring, average="weighted", zero_division=0
            ),
            "uar": recall_score(truth, predicted, labels=sorted({*truth}), average="macro"),
        }
        if inside.any():
            one, two = truth[inside], predicted[inside]
            expected["negative_accuracy"] = (one == two).mean()
            for average in ("macro", "weighted"):
                expected[f"negative_{average}_f1"] = f1_score(
                    one, two, labels=NEGATIVE, average=average, zero_division=0
                )
    for name in METRICS:
        assert found[name] == pytest.approx(expected.get(name, np.nan), nan_ok=True), name


def test_classes_agree_with_scikit_learn():
    generator = np.random.default_rng(4)
    truth, predicted = generator.integers(0, 5, 200), generator.integers(-1, 5, 200)
    matrix = make_matrix(truth, predicted, classes=5, negative=(3, 4))
    found = per_class(matrix, 0, matrix.answered[0])
    expected = precision_recall_fscore_support(truth, predicted, labels=range(5))
    for values, name in zip(expected, ("precision", "recall", "f1", "truths"), strict=True):
        assert found[name] == pytest.approx(values)


def test_no_answer_and_no_label_are_two_things():
    truth = [0] * 10
    predicted = [0] * 4 + [1] * 2 + [NO_LABEL] * 3 + [NO_ANSWER]
    matrix = make_matrix(truth, predicted)
    assert score_model(matrix, 0, matrix.answered[0])["accuracy"] == pytest.approx(4 / 9)
    assert score_model(matrix, 0, matrix.readable[0])["accuracy"] == pytest.approx(4 / 6)
    bounds = bound_scores(matrix, 0, matrix.answered[0])["accuracy"]
    assert (bounds.low, bounds.high) == pytest.approx((4 / 9, 7 / 9))
    everything = bound_scores(matrix, 0, np.ones(10, dtype=bool))["uar"]
    assert (everything.low, everything.high) == pytest.approx((0.4, 0.8))


def test_no_prediction_at_all():
    matrix = make_matrix([0, 1], [NO_ANSWER, NO_ANSWER])
    assert np.isnan(list(score_model(matrix, 0, matrix.answered[0]).values())).all()
    unread = make_matrix([0, 6], [NO_LABEL, NO_LABEL])
    assert set(score_model(unread, 0, unread.answered[0]).values()) == {0.0}
