import json

import pandas as pd
import pytest

from libra_emo.common.digests import digest_text
from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.llm.request.prompts import Prompt
from libra_emo.pipelines.evaluation.versions import list_versions, write_score_tables
from libra_emo.students import TrainingOptions
from libra_emo.voting.options import VotingOptions

BLOCK = "{% block user %}WORDS{% endblock %}"
ANNOTATE = Prompt(BLOCK, "annotate")
BENCH = pd.DataFrame({"clip_id": ["a"], "label": ["sad"]})


@pytest.fixture
def list_models(tmp_path):
    (tmp_path / "own.jinja").write_text(BLOCK.replace("WORDS", "own"))
    (tmp_path / "fine_tune.jinja").write_text(BLOCK.replace("WORDS", "train"))

    def run(*models, names, student="classical", voters=None):
        predictions = pd.DataFrame({"model": names, "modalities": "VT"})
        options = {} if voters is None else {"voters": voters}
        return list_versions(
            predictions.assign(clip_id="a", predicted="sad"),
            BENCH,
            ANNOTATE,
            student,
            TrainingOptions(prompt_file=tmp_path / "fine_tune.jinja"),
            VotingOptions.model_validate(options),
            EvaluationOptions.model_validate({"models": models}),
        ).set_index("model")

    return run


def version(words):
    return digest_text(BLOCK.replace("WORDS", words))[:12]


def test_models_that_are_asked_have_their_id_and_their_prompt(list_models, tmp_path):
    found = list_models(
        {"name": "gpt", "model": "openai/gpt-4o"},
        {"name": "own", "model": "openai/o", "prompt_file": tmp_path / "own.jinja"},
        {"name": "student", "source": "student"},
        {"name": "voters", "source": "voters"},
        names=["gpt", "own", "student", "face", "claude", "vote"],
        student="multimodal",
        voters=[
            {"name": "face", "kind": "cue", "cue": "face"},
            {"name": "claude", "kind": "llm", "model": "anthropic/c"},
        ],
    )
    assert found["model_id"].tolist() == [
        *("openai/gpt-4o", "openai/o", "multimodal student", "cue: face", "anthropic/c"),
        "2 of 2 voters",
    ]
    assert found["prompt_version"].fillna("").tolist() == [
        *(version("WORDS"), version("own"), version("train"), "", version("WORDS"), ""),
    ]


def test_files_and_weights_have_the_prompt_that_they_name(list_models, tmp_path):
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("clip_id,predicted,prompt_version\na,sad,p-7\n")
    saved, weights = tmp_path / "saved", tmp_path / "weights"
    for folder in (saved, weights):
        folder.mkdir()
    card = {"kind": "multimodal", "prompt": BLOCK.replace("WORDS", "saved")}
    (saved / "student.json").write_text(json.dumps(card))
    (weights / "config.json").write_text("{}")
    found = list_models(
        {"name": "theirs", "predictions": theirs},
        {"name": "saved", "path": saved},
        {"name": "weights", "path": weights},
        names=["theirs", "saved", "weights"],
    )
    assert found["model_id"].tolist() == ["theirs.csv", "saved", "weights"]
    expected = ["p-7", version("saved"), version("train")]
    assert found["prompt_version"].tolist() == expected


def test_markdown_and_latex_have_scores_and_versions_in_each_row(list_models):
    versions = list_models({"name": "gpt", "model": "openai/gpt-4o"}, names=["gpt"]).reset_index()
    scores = pd.DataFrame({"model": ["gpt"], "modalities": ["VT"], "accuracy": [0.5]})
    for text in write_score_tables(scores, versions):
        (row,) = [line for line in text.splitlines() if "openai/gpt-4o" in line]
        assert "0.5000" in row and version("WORDS") in row
