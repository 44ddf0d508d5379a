import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score
from support.tiny_training import LABELS as ALL
from support.tiny_training import draw_shards, options, write_rows

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.training.program.validation import build_scorer, summarise

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


def test_a_clip_held_out_that_cannot_be_encoded_is_not_scored(tmp_path, monkeypatch):
    reader, labels = draw_shards(tmp_path / "shards", clips=6)
    rows, chosen = write_rows(labels), options()
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    score = build_scorer(rows[1:], reader, family, processor, chosen, ALL)
    wanted = score(model)
    odd, real = {rows[0]["clip_id"]}, family.inputs

    def inputs(used, example):
        if example.clip_id in odd:
            raise ValueError("odd")
        return real(used, example)

    monkeypatch.setattr(family, "inputs", inputs)
    found = build_scorer(rows, reader, family, processor, chosen, ALL)(model)
    assert found.pop("clips") == wanted.pop("clips") == 5
    assert found == pytest.approx(wanted, rel=1e-5)
    odd |= {row["clip_id"] for row in rows}
    with pytest.raises(StudentError, match="none of the clips held out"):
        build_scorer(rows, reader, family, processor, chosen, ALL)(model)
