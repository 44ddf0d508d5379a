import pandas as pd

from libra_emo.annotation.csv_files.queues import read_queue_file
from libra_emo.evaluation.failures.hard_clips import (
    COLUMNS,
    find_hard_clips,
    fullest_answers,
    list_suspects,
)
from libra_emo.taxonomy import read_taxonomy


def predictions(**answers):
    """Answers by model (an underscore parts the modalities) to clips whose truth is sad."""
    tables = []
    for key, predicted in answers.items():
        model, _, modalities = key.partition("_")
        table = pd.DataFrame({"predicted": pd.Series(predicted, dtype="str")})
        table["clip_id"] = [f"clip{place}" for place in range(len(predicted))]
        tables.append(table.assign(model=model, modalities=modalities or "VAT"))
    joined = pd.concat(tables, ignore_index=True)
    return joined.assign(source_id="film", truth="sad")


def test_clips_that_all_miss_and_those_with_a_common_other_answer_are_told_apart():
    found = find_hard_clips(
        predictions(
            one=["angry", "angry", "sad", "sad", None],
            two=["angry", "happy", "angry", "sad", None],
            three=["angry", "neutral", "angry", "angry", None],
        )
    ).set_index("clip_id")
    assert found.index.tolist() == ["clip0", "clip2", "clip1", "clip4"]
    assert found["all_wrong"].tolist() == [True, False, True, True]
    assert found["agree_against"].tolist() == [True, True, False, False]
    assert found.loc["clip2", ["right", "answer", "agreeing"]].tolist() == [1, "angry", 2]
    assert pd.isna(found.loc["clip4", "answer"])


def test_one_model_with_many_sets_of_modalities_counts_once():
    table = predictions(one_V=["angry"], one_A=["angry"], one_VAT=["sad"], two_T=["angry"])
    assert len(fullest_answers(table)) == 2
    assert not len(find_hard_clips(table))
    assert tuple(find_hard_clips(table).columns) == COLUMNS


def test_a_vote_does_not_count_beside_its_voters():
    table = predictions(one=["angry"], two=["sad"], vote=["angry"])
    assert len(find_hard_clips(table)) == 1
    assert not len(find_hard_clips(table, dependent=["vote"]))


def test_suspect_labels_can_be_labelled_again_by_a_campaign(tmp_path):
    hard = find_hard_clips(predictions(one=["angry", "happy"], two=["angry", "sad"]))
    suspects = list_suspects(hard)
    assert suspects.to_dict("records") == [
        {"clip_id": "clip0", "label": "sad", "answer": "angry", "agreeing": 2, "models": 2}
    ]
    suspects.to_csv(tmp_path / "suspect_labels.csv", index=False)
    path, clips = tmp_path / "suspect_labels.csv", ["clip0", "clip1"]
    queue = read_queue_file(path, "calibration", clips, read_taxonomy())
    assert [row.clip_id for row in queue.rows] == ["clip0"] and not queue.rejections


def test_one_model_alone_agrees_with_nobody():
    found = find_hard_clips(predictions(one=["angry", "sad"]))
    assert found[["clip_id", "agree_against"]].to_numpy().tolist() == [["clip0", False]]
