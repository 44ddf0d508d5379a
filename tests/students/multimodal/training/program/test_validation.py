import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from libra_emo.students.multimodal.training.program.validation import summarise

LABELS = ("excited", "happy", "sad")


def test_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    truth, given = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    table = np.stack([truth, np.full(60, 2.0), np.full(60, 4.0), given], axis=1)
    summary = summarise(table, LABELS)
    assert summary["loss"] == pytest.approx(0.5)
    assert summary["accuracy"] == pytest.approx(float((truth == given).mean()))
    assert summary["macro_f1"] == pytest.approx(f1_score(truth, given, average="macro"))
    recalls = recall_score(truth, given, average=None)
    assert [summary[f"recall/{label}"] for label in LABELS] == pytest.approx(list(recalls))


def test_a_label_that_does_not_occur_has_no_recall_and_costs_f1_when_given():
    summary = summarise(np.array([[0, 1.0, 2, 0], [0, 1.0, 2, 2]]), LABELS)
    assert "recall/sad" not in summary and "recall/happy" not in summary
    assert summary["macro_f1"] == pytest.approx(f1_score([0, 0], [0, 2], average="macro"))


def test_rows_that_another_process_counts_are_passed_over():
    summary = summarise(np.array([[1, 1.0, 2, 1], [-1, 9.0, 1, 0]]), LABELS)
    assert (summary["clips"], summary["loss"], summary["accuracy"]) == (1, 0.5, 1)
