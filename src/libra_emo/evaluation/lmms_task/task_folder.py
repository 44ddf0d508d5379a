"""The folder that makes the bench a task of lmms-eval (`lmms_eval --include_path FOLDER`)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd

from libra_emo.common.files import new_file, write_json, write_text
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.taxonomy import Taxonomy

TASK = "libra_emo_bench"
FUNCTIONS = Path(__file__).parent / "task_functions.py"
BENCH = "bench.jsonl"
_YAML = f"""\
# The bench as a task of lmms-eval: lmms_eval --include_path THIS_FOLDER --tasks {TASK} …
task: {TASK}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {BENCH}
test_split: test
output_type: generate_until
doc_to_visual: !function utils.doc_to_visual
doc_to_text: !function utils.doc_to_text
doc_to_target: label
generation_kwargs:
  max_new_tokens: 300
  temperature: 0
  do_sample: false
process_results: !function utils.process_results
metric_list:
  - metric: accuracy
    aggregation: !function utils.accuracy
    higher_is_better: true
  - metric: macro_f1
    aggregation: !function utils.macro_f1
    higher_is_better: true
  - metric: weighted_f1
    aggregation: !function utils.weighted_f1
    higher_is_better: true
# clips of one film are similar, so the film is the unit of the standard error
cluster_key: film
score_key: score
lmms_eval_specific_kwargs:
  default:
    pre_prompt: ""
    post_prompt: ""
metadata:
  - version: 1.0
"""


def write_task(
    folder: Path,
    bench_labels: pd.DataFrame,
    candidates: pd.DataFrame,
    taxonomy: Taxonomy,
    clips_folder: Path | None = None,
) -> Path:
    """Write the task's folder; return the place of its YAML file.

    The folder has the YAML file, utils.py (prompt and scores), labels.json, bench.jsonl (id, film,
    subtitle and label of each clip), and clips/ if the videos are wanted.

    Args:
        folder: Folder to write.
        bench_labels: RoundLabels of the bench.
        candidates: Candidates, for films and subtitles.
        taxonomy: The emotions.
        clips_folder: Folder of the clips' videos, in one folder a film, to be copied; None to leave
            them out.

    Raises:
        EvaluationError: If a clip is unknown or its video is missing.
    """
    clips = list_clips(bench_labels, candidates)
    lines = (json.dumps(row, ensure_ascii=False) for row in clips.to_dict("records"))
    write_text(folder / BENCH, "".join(f"{line}\n" for line in lines))
    write_json(folder / "labels.json", {"labels": list(taxonomy.labels)})
    write_text(folder / "utils.py", FUNCTIONS.read_text(encoding="utf-8"))
    if clips_folder is not None:
        _copy_clips(clips, clips_folder, folder / "clips")
    write_text(folder / f"{TASK}.yaml", _YAML)
    return folder / f"{TASK}.yaml"


def list_clips(bench_labels: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """Return a row a clip of the bench, by id: clip_id, film, subtitle, label.

    Raises:
        EvaluationError: If a clip is none of the candidates.
    """
    known = candidates[["clip_id", "source_id", "subtitle"]].rename(columns={"source_id": "film"})
    table = bench_labels[["clip_id", "label"]].merge(known, on="clip_id", how="left")
    missing = table.loc[table["film"].isna(), "clip_id"]
    if len(missing):
        raise EvaluationError(
            f"clip {missing.iloc[0]} of the bench is not among the candidates; run preprocessing "
            "and bench again"
        )
    clips = table[["clip_id", "film", "subtitle", "label"]].astype("object").fillna("")
    return clips.sort_values("clip_id", ignore_index=True)


def _copy_clips(clips: pd.DataFrame, source: Path, target: Path) -> None:
    for film, clip_id in zip(clips["film"], clips["clip_id"], strict=True):
        path = source / film / f"{clip_id}.mp4"
        if not path.is_file():
            raise EvaluationError(f"{path} is missing; run preprocessing again")
        with new_file(target / film / path.name) as part:
            shutil.copyfile(path, part)
