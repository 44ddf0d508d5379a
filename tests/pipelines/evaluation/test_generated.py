"""How answers that a student writes out are read."""

import pandas as pd
import pytest

from libra_emo.pipelines.evaluation.generated import predict_by_generation
from libra_emo.students import TrainingOptions, build_student
from libra_emo.students.multimodal.inference.generating import GeneratedAnswer
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
ANSWERS = {
    "c1": GeneratedAnswer("sad\nThe eyes are wet.", "stop"),
    "c2": GeneratedAnswer("happy\nThe mouth is wi", "length"),  # cut behind its label
    "c3": GeneratedAnswer("melancholic\nThe eyes are wet.", "stop"),
    "c4": GeneratedAnswer("", "stop"),
    "c5": GeneratedAnswer("angry", "stop"),
    "c6": GeneratedAnswer("the the the the", "length"),
}


@pytest.fixture
def student(monkeypatch):
    made = build_student("multimodal", TAXONOMY, TrainingOptions())
    asked = []

    def write(table, clips, modalities=None):
        asked.append(modalities)
        return [ANSWERS[clip_id] for clip_id in table["clip_id"]]

    monkeypatch.setattr(made, "generate_answers", write)
    made.asked = asked
    return made


def test_a_label_counts_and_what_names_none_is_unreadable(student):
    clips = pd.DataFrame({"clip_id": ["c4", "c2", "c1", "c6", "c5", "c3"]})
    found = predict_by_generation("words", student, clips, None, "V")
    assert found["clip_id"].tolist() == sorted(ANSWERS)
    labels = found["predicted"].astype(object).where(found["predicted"].notna(), None)
    assert labels.tolist() == ["sad", "happy", None, None, "angry", None]
    assert found["reply"].tolist() == [answer.text for answer in ANSWERS.values()]
    assert student.asked == ["V"]
