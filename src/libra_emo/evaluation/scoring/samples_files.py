"""All scored answers in the form of lmms-eval's sample files, which `kedro score` reads again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from libra_emo.common.files import write_text
from libra_emo.evaluation.answers.answer_file import ANSWERED, MISSING
from libra_emo.evaluation.lmms_task.samples import folder_name, make_sample
from libra_emo.evaluation.lmms_task.task_folder import TASK
from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.reading import BENCH

METRICS = ("accuracy",)


def write_sample_files(report: ScoreReport, folder: Path) -> list[Path]:
    """Write one file a model, `<model>/samples_<set>.jsonl`; return the files.

    A line has the model's own words, or its label where only that is known. Where there is no
    label, the line's `status` says why, so that the file is read as the same answers. Clips
    without any answer have no line.

    Args:
        report: The report.
        folder: Folder to write into.
    """
    names = [folder_name(model.name) for model in report.models]
    count = Counter(names)
    task = TASK if report.clips.name == BENCH else folder_name(report.clips.name)
    paths = []
    for place, (name, model) in enumerate(zip(names, report.models, strict=True), start=1):
        own = name if count[name] == 1 else f"{name}_{place}"
        path = folder / own / f"samples_{task}.jsonl"
        write_text(path, "".join(f"{line}\n" for line in _lines(model, report.clips)))
        paths.append(path)
    return paths


def _lines(model: ModelScore, clips: EvaluationSet) -> Iterator[str]:
    names, answers = clips.classes.names, model.answers
    for place, (clip_id, film) in enumerate(zip(clips.clip_ids, clips.film, strict=True)):
        status, code = answers.statuses[place], int(answers.predicted[place])
        if status == MISSING:
            continue
        doc = {"clip_id": clip_id, "film": film, "label": names[clips.truth[place]]}
        label = names[code] if code >= 0 else None
        sample = make_sample(place, doc, label, answers.replies[place], METRICS)
        if status != ANSWERED:
            sample["status"] = status
        yield json.dumps(sample, ensure_ascii=False)
