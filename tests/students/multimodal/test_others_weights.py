"""Weights that another program trained, judged by folder or hub id."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.saved_students import draw_adapter, training_of
from support.tiny_training import WORDS, draw_shards, save_checkpoint

from libra_emo.evaluation.options import EvaluatedModel
from libra_emo.pipelines.evaluation.evaluated import predict_external
from libra_emo.schemas import Predictions, check
from libra_emo.students import StudentError
from libra_emo.students.multimodal import others_weights
from libra_emo.students.multimodal.others_weights import is_checkpoint, open_checkpoint
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=6)
    ids = sorted(labels)
    features = pd.DataFrame(
        {
            "clip_id": ids,
            "source_id": [name.split("-")[0] for name in ids],
            "language": "en",
            "subtitle": [WORDS[labels[name]] for name in ids],
        }
    )
    return reader, features


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return save_checkpoint(tmp_path_factory.mktemp("theirs") / "checkpoint")


def predict(path, clips, **entry):
    model = EvaluatedModel(name="theirs", path=path, **entry)
    training = training_of("somebody/else-not-here")
    return predict_external(model, clips[1], TAXONOMY, clips[0], training)


def test_a_folder_of_a_model_answers_the_projects_requests(clips, checkpoint):
    found = predict(checkpoint, clips)
    assert found.modalities == "VT"  # it does not hear
    table = check(found.table, Predictions)
    assert table["predicted"].notna().all() and len(table) == len(clips[1])
    assert predict(checkpoint, clips, modalities="V").modalities == "V"


def test_low_rank_matrices_find_their_base(clips, checkpoint, tmp_path):
    folder = draw_adapter(training_of(checkpoint), tmp_path / "adapter")
    plain, tuned = (predict(path, clips).table for path in (checkpoint, folder))
    assert not np.allclose(plain["p_sad"], tuned["p_sad"])
    described = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(
        json.dumps({**described, "base_model_name_or_path": None})
    )
    with pytest.raises(StudentError, match="base_model_name_or_path names no model"):
        predict(folder, clips)


def test_matrices_of_another_model_are_refused(clips, checkpoint, tmp_path):
    folder = draw_adapter(training_of("tiny:qwen2_5_vl"), tmp_path / "adapter")
    described = json.loads((folder / "adapter_config.json").read_text())
    described |= {"base_model_name_or_path": checkpoint, "r": 8}
    (folder / "adapter_config.json").write_text(json.dumps(described))
    with pytest.raises(StudentError, match="cannot be read as low-rank matrices"):
        predict(folder, clips)


def test_a_hub_id_is_fetched(clips, checkpoint, monkeypatch):
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name: checkpoint)
    assert predict("somebody/their-model", clips).table.equals(predict(checkpoint, clips).table)

    def fail(name):
        raise OSError("Cannot reach the hub\nbecause")

    monkeypatch.setattr("huggingface_hub.snapshot_download", fail)
    with pytest.raises(StudentError, match=r"somebody/their-model: .*Cannot reach the hub\)"):
        predict("somebody/their-model", clips)


def test_what_is_a_checkpoint(tmp_path, checkpoint):
    (tmp_path / "student").mkdir()
    (tmp_path / "student/student.json").write_text("{}")
    (tmp_path / "student/config.json").write_text("{}")
    assert is_checkpoint(Path(checkpoint)) and is_checkpoint(Path("org/name-1.5"))
    assert not is_checkpoint(tmp_path / "student") and not is_checkpoint(tmp_path / "none")
    assert not is_checkpoint(Path("data/06_models/final"))


def test_a_tiny_model_needs_no_folder():
    student = open_checkpoint(
        others_weights.Path("tiny:internvl"), TAXONOMY, training_of("x"), "VT"
    )
    assert student.modalities == "VT" and not student.cross_fits


SYSTEM = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\n"
    + "You are helpful.<|im_end|>\n{% endif %}"
)


def test_words_that_a_chat_template_adds_stay_in_the_request_and_are_said(
    clips, checkpoint, tmp_path, caplog
):
    folder = Path(shutil.copytree(checkpoint, tmp_path / "theirs"))
    template = folder / "chat_template.jinja"
    template.write_text(SYSTEM + template.read_text())
    plain = predict(checkpoint, clips).table
    assert "chat template" not in caplog.text
    with_words = predict(folder, clips).table
    assert f"{folder}: its chat template adds words before each request" in caplog.text
    assert caplog.text.rstrip().endswith("You are helpful.")
    assert not with_words["p_sad"].equals(plain["p_sad"])  # the same weights read more words


def test_weights_may_get_a_request_of_their_own(clips, checkpoint, tmp_path):
    own = tmp_path / "own.jinja"
    own.write_text("{% block user %}Name the feeling: {{ labels | join(' or ') }}{% endblock %}")
    model = EvaluatedModel(name="theirs", path=checkpoint, prompt_file=own)
    one = predict_external(model, clips[1], TAXONOMY, clips[0], training_of("x")).table
    assert not one["p_sad"].equals(predict(checkpoint, clips).table["p_sad"])


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("largest_face", "do the people in the clip show"),
        ("speaker", "does the person who speaks in the clip show"),
        ("anybody", "do the people in the clip show"),
    ],
)
def test_weights_of_others_are_asked_about_the_person_meant(checkpoint, person, words):
    training = training_of("somebody/else-not-here")
    student = open_checkpoint(Path(checkpoint), TAXONOMY, training, "VT", person)
    assert f"Which emotion {words}?" in student.request()
