import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, recall_score

from libra_emo.evaluation.metrics import METRICS, confusion, per_class, score, uar_war
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
LABELS = list(TAXONOMY.labels)
# Figure 2 and Table 13 of the paper, in the taxonomy's order
BENCH = dict(zip(LABELS, (41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27), strict=True))
DFEW = (
    489,
    294,
    534,
    379,
    435,
    29,
    181,
)  # happy, surprised, neutral, sad, angry, disgusted, fearful


def bench_with_hits(hits, negative_hits):
    """The paper's bench; some right, the rest answered by another label."""
    truth = [label for label, count in BENCH.items() for _ in range(count)]
    other = {label: LABELS[(place + 1) % 13] for place, label in enumerate(LABELS)}
    predicted, left = [], {True: negative_hits, False: hits - negative_hits}
    for label in truth:
        negative = label in TAXONOMY.negative_labels
        predicted.append(label if left[negative] > 0 else other[label])
        left[negative] -= 1
    return truth, predicted


@pytest.mark.parametrize(
    ("hits", "negative_hits", "accuracy", "negative_accuracy"),
    [
        (329, 185, 51.25, 50.55),  # Table 6: Libra-Emo-8B
        (331, 181, 51.56, 49.45),  # Libra-Emo-Omni-7B
        (307, 180, 47.82, 49.18),  # Gemini-2.0-Flash
        (297, 163, 46.26, 44.54),  # Table 8: round 0
        (321, 179, 50.00, 48.91),  # round 2
    ],
)
def test_accuracies_of_the_paper(hits, negative_hits, accuracy, negative_accuracy):
    found = score(*bench_with_hits(hits, negative_hits), TAXONOMY)
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
    found = uar_war(hits, DFEW)
    assert tuple(round(100 * value, 2) for value in found) == (uar, war)


answers = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60
)


@settings(deadline=None)
@given(answers)
def test_the_scores_are_scikit_learns(pairs):
    truth, predicted = (list(column) for column in zip(*pairs, strict=True))
    found = score(truth, predicted, TAXONOMY)
    common = {"labels": LABELS, "zero_division": np.nan}
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert found["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro", **common))
    assert found["weighted_f1"] == pytest.approx(
        f1_score(truth, predicted, average="weighted", labels=LABELS, zero_division=0)
    )


@settings(deadline=None)
@given(answers)
def test_negative_scores_fix_the_labels_to_the_negative_ones(pairs):
    pairs = [pair for pair in pairs if pair[0] in TAXONOMY.negative_labels]
    if not pairs:
        return
    truth, predicted = (list(column) for column in zip(*pairs, strict=True))
    found = score(truth, predicted, TAXONOMY)
    common = {"labels": list(TAXONOMY.negative_labels)}
    assert found["negative_accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert found["negative_macro_f1"] == pytest.approx(
        f1_score(truth, predicted, average="macro", zero_division=0, **common)
    )
    assert found["negative_weighted_f1"] == pytest.approx(
        f1_score(truth, predicted, average="weighted", zero_division=0, **common)
    )


def test_a_negative_label_that_never_occurs_counts_as_zero():
    found = score(["sad", "happy"], ["sad", "sad"], TAXONOMY)
    assert found["negative_macro_f1"] == 1 / 8
    assert found["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)
    assert np.isnan(score(["happy"], ["sad"], TAXONOMY)["negative_macro_f1"])


@settings(deadline=None)
@given(answers)
def test_every_class_is_scikit_learns(pairs):
    truth, predicted = (list(column) for column in zip(*pairs, strict=True))
    found = per_class(truth, predicted, TAXONOMY)
    recalls = recall_score(truth, predicted, labels=LABELS, average=None, zero_division=np.nan)
    f1 = f1_score(truth, predicted, labels=LABELS, average=None, zero_division=np.nan)
    np.testing.assert_allclose(found["recall"], recalls)
    np.testing.assert_allclose(found["f1"], f1)
    assert found["truths"].sum() == found["predictions"].sum() == len(pairs)


@settings(deadline=None)
@given(answers, st.randoms())
def test_the_order_of_clips_changes_no_score(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one = score(*zip(*pairs, strict=True), TAXONOMY)
    other = score(*zip(*shuffled, strict=True), TAXONOMY)
    assert one == pytest.approx(other, nan_ok=True)


def test_confusion_counts_every_clip_once():
    truth, predicted = bench_with_hits(329, 185)
    predicted[0] = None
    counts = confusion(truth, predicted, TAXONOMY)
    assert counts.to_numpy().sum() == 642
    assert list(counts.index) == LABELS
    assert counts.loc["excited", "unreadable"] == 1
    assert counts.sum(axis=1).to_dict() == BENCH
    pairs = pd.DataFrame({"t": truth, "p": predicted})
    assert counts.loc["sad", "sad"] == ((pairs["t"] == "sad") & (pairs["p"] == "sad")).sum()


def test_all_right_is_one_everywhere():
    truth = list(BENCH)
    assert score(truth, truth, TAXONOMY) == {**dict.fromkeys(METRICS, 1.0), "unreadable": 0.0}
