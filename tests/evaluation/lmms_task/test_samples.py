"""Round trip: what is written in lmms-eval's form is read as the same answers."""

import pandas as pd
import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.answers.matching import AnswerReader
from libra_emo.evaluation.answers.reading import read_answers
from libra_emo.evaluation.lmms_task.samples import write_samples
from libra_emo.evaluation.lmms_task.task_folder import TASK
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
TRUTH = ["sad", "happy", "angry", "sad"]
SET = make_set(TRUTH)
CLIPS = pd.DataFrame(
    {"clip_id": SET.clip_ids, "film": "film", "subtitle": "Was?\u2028 好", "label": TRUTH}
)


def predictions(model, modalities, given, replies=None):
    table = pd.DataFrame({"clip_id": SET.clip_ids, "predicted": given, "reply": replies})
    return table.assign(model=model, modalities=modalities, truth=TRUTH, source_id="film")


def test_answers_come_back_as_they_were(tmp_path):
    labels = predictions("a/b: c", "VT", ["sad", "angry", None, "happy"])
    words = ["**sad**: \u2028tears", "I cannot help.\nNo.", "", "happy;好"]
    replies = predictions("gpt", "T", ["sad", None, None, "happy"], words)
    both = pd.concat([labels, replies], ignore_index=True)
    paths = write_samples(tmp_path, both, CLIPS)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        f"a_b_c_VT/samples_{TASK}.jsonl",
        f"gpt_T/samples_{TASK}.jsonl",
    ]
    for path, table in zip(paths, (labels, replies), strict=True):
        (file,) = read_answers(path, SET)
        found = AnswerReader(SET, TAXONOMY).match(file)
        names = [SET.classes.names[code] if code >= 0 else None for code in found.predicted]
        expected = table["predicted"].astype("object")
        assert names == expected.where(expected.notna(), None).tolist()
        assert found.model == path.parent.name and "missing" not in found.statuses


def test_they_are_refused_for_another_set(tmp_path):
    (path,) = write_samples(tmp_path, predictions("a", "V", TRUTH), CLIPS)
    other = make_set(["fearful", "neutral", "fearful", "neutral"])
    with pytest.raises(AnswerError, match=f"of another task '{TASK}'"):
        read_answers(path, other)
