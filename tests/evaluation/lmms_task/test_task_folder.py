"""The task's folder: what lmms-eval reads from it, and scores that are ours."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from libra_emo.evaluation import metrics
from libra_emo.evaluation.lmms_task import task_functions
from libra_emo.evaluation.lmms_task.task_folder import TASK, list_clips, write_task
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
LABELS = TAXONOMY.labels


class Loader(yaml.SafeLoader):
    """Reads `!function` as lmms-eval does, here as text."""


Loader.add_constructor("!function", lambda loader, node: node.value)


def tables(count=20):
    ids = [f"c{place:02d}" for place in range(count)]
    labels = [LABELS[place % len(LABELS)] for place in range(count)]
    bench = pd.DataFrame({"clip_id": ids, "label": labels})
    candidates = pd.DataFrame({"clip_id": ids, "source_id": "film", "subtitle": 'Say "no", 好'})
    return bench, candidates


@pytest.fixture
def folder(tmp_path):
    write_task(tmp_path / "task", *tables(), TAXONOMY)
    return tmp_path / "task"


def load_functions(folder: Path):
    spec = importlib.util.spec_from_file_location("utils", folder / "utils.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def docs(folder):
    return [json.loads(line) for line in (folder / "bench.jsonl").read_text("utf-8").splitlines()]


def test_every_function_that_the_task_names_is_there(folder):
    task = yaml.load((folder / f"{TASK}.yaml").read_text("utf-8"), Loader)
    functions = load_functions(folder)
    named = [value for value in task.values() if str(value).startswith("utils.")]
    named += [metric["aggregation"] for metric in task["metric_list"]]
    assert len(named) == 6
    assert all(callable(getattr(functions, name.removeprefix("utils."))) for name in named)
    doc = docs(folder)[0]
    found = functions.process_results(doc, [f"{doc['label']};why"])
    assert {metric["metric"] for metric in task["metric_list"]} == set(found)
    assert task["cluster_key"] in found["accuracy"] and task["score_key"] in found["accuracy"]
    assert task["doc_to_target"] in doc
    assert (folder / task["dataset_kwargs"]["data_files"]["test"]).is_file()


def test_the_prompt_has_the_subtitle_and_all_labels(folder):
    text = load_functions(folder).doc_to_text(docs(folder)[0], {"post_prompt": "!"})
    assert 'Say "no", 好' in text and ", ".join(LABELS) in text and text.endswith("!")


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_the_project(folder, seed):
    functions, random = load_functions(folder), np.random.default_rng(seed)
    given = [
        None if random.random() < 0.2 else str(random.choice(LABELS[: 1 + seed % 13]))
        for _ in docs(folder)
    ]
    answers = [
        functions.process_results(doc, [[f"**{label}**; why" if label else "no idea"]])
        for doc, label in zip(docs(folder), given, strict=True)
    ]
    truth = [doc["label"] for doc in docs(folder)]
    ours = metrics.score(truth, given, TAXONOMY)
    for name in ("accuracy", "macro_f1", "weighted_f1"):
        found = getattr(functions, name)([answer[name] for answer in answers])
        assert found == pytest.approx(ours[name], abs=1e-12), name


def test_a_video_that_is_missing_is_named(folder, tmp_path, monkeypatch):
    functions, doc = load_functions(folder), docs(folder)[0]
    with pytest.raises(FileNotFoundError, match=r"c00\.mp4 is missing; set LIBRA_EMO_CLIPS"):
        functions.doc_to_visual(doc)
    (tmp_path / doc["film"]).mkdir()
    (tmp_path / doc["film"] / "c00.mp4").write_bytes(b"film")
    monkeypatch.setenv(task_functions.CLIPS_FOLDER, str(tmp_path))
    assert functions.doc_to_visual(doc) == [str(tmp_path / doc["film"] / "c00.mp4")]


def test_videos_are_copied_if_they_are_wanted(tmp_path):
    bench, candidates = tables(2)
    first, second = candidates["source_id"]
    for film in {first, second}:
        (tmp_path / film).mkdir()
    (tmp_path / first / "c00.mp4").write_bytes(b"one")
    with pytest.raises(EvaluationError, match=r"c01\.mp4 is missing"):
        write_task(tmp_path / "task", bench, candidates, TAXONOMY, tmp_path)
    (tmp_path / second / "c01.mp4").write_bytes(b"two")
    write_task(tmp_path / "task", bench, candidates, TAXONOMY, tmp_path)
    assert (tmp_path / "task/clips" / second / "c01.mp4").read_bytes() == b"two"


def test_a_clip_that_is_no_candidate_is_named():
    bench, candidates = tables(2)
    with pytest.raises(EvaluationError, match="clip c01 of the bench is not among"):
        list_clips(bench, candidates[:1])
