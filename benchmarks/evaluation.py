"""Measures the statistics of models: their time and memory, and how often intervals cover.

    python benchmarks/evaluation.py --json FILE [--sets 3000] [--large]

A hundred models answer to 642 clips in 24 films; `report_s` is the time of scores, intervals, all
paired tests (10,000 draws) and the written report, `report_cpu_s` its CPU time. `coverage_min` and
`coverage_max` are the least and the greatest coverage of the 95 % intervals of all seven scores and
of a difference, over 10, 20 and 40 films and correlations 0, 0.1 and 0.3 within films; for the
accuracy the studentised bootstrap over films and the percentile bootstrap over clips stand beside
it. `level_min` and `level_max` are the least and the greatest share of true null hypotheses that
the permutation test rejects at 5 %. `score_with_intervals_mb` is the memory that one model on
65,000 clips adds. With `--large`, ten models and 100,000 clips, each a film of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.evaluation.answers.matching import AnswerReader
from libra_emo.evaluation.answers.reading import read_answers
from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.evaluation.scoring.report_folder import write_report
from libra_emo.evaluation.scoring.score import score_answers
from libra_emo.evaluation.sets.reading import read_set
from libra_emo.evaluation.statistics.comparisons import sign_flip_p_values
from libra_emo.evaluation.statistics.score_simulation import simulate_scores
from libra_emo.evaluation.statistics.simulation import (
    CORRELATIONS,
    FILMS,
    simulate_coverage,
    simulate_level,
)
from libra_emo.taxonomy import read_taxonomy

SEED = 20250101
DRAWS = 10_000


def write_files(folder: Path, models: int, clips: int, films: int | None) -> tuple[Path, Path]:
    """Write a set and one table with the answers of all models; return their places."""
    generator = np.random.default_rng(SEED)
    labels = np.array(read_taxonomy().labels)
    truth = generator.integers(len(labels), size=clips)
    ids = [f"clip{number:06d}" for number in range(clips)]
    table = pd.DataFrame({"clip_id": ids, "label": labels[truth]})
    if films is not None:
        table["film"] = generator.integers(films, size=clips).astype(str)
    bench = folder / "set.csv"
    table.to_csv(bench, index=False)
    parts = []
    for model in range(models):
        right = generator.random(clips) < generator.uniform(0.3, 0.55)
        wrong = (truth + generator.integers(1, len(labels), size=clips)) % len(labels)
        answers = labels[np.where(right, truth, wrong)]
        parts.append(
            pd.DataFrame({"model": f"model {model}", "clip_id": ids, "predicted": answers})
        )
    answers_path = folder / "answers.parquet"
    pd.concat(parts).to_parquet(answers_path, index=False)
    return bench, answers_path


def time_report(models: int, clips: int, films: int | None) -> dict[str, float]:
    """Return the seconds of reading, of the statistics with the report, and its size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench, path = write_files(folder, models, clips, films)
        begun = time.perf_counter()
        taxonomy = read_taxonomy()
        chosen = read_set(str(bench), taxonomy)
        reader = AnswerReader(chosen, taxonomy)
        answers = [reader.match(file) for file in read_answers(path, chosen)]
        read, cpu = time.perf_counter(), time.process_time()
        report = score_answers(chosen, answers, SEED, DRAWS)
        scored = time.perf_counter()
        page = write_report(report, folder / "out")
        written = time.perf_counter()
        return {
            "reading_s": read - begun,
            "statistics_s": scored - read,
            "report_s": written - read,
            "report_cpu_s": time.process_time() - cpu,
            "page_mb": page.stat().st_size / 1e6,
        }


def measure_memory(clips: int = 65_000, films: int = 2_000) -> dict[str, float]:
    """Return the memory and the CPU time that the scores of one model on many clips take."""
    generator = np.random.default_rng(SEED)
    labels = read_taxonomy().labels
    truth, predicted = ([labels[n] for n in generator.integers(13, size=clips)] for _ in range(2))
    source = generator.integers(films, size=clips).astype(str).tolist()
    before, cpu = _memory_mb(), time.process_time()
    score_with_intervals(truth, predicted, source, read_taxonomy())
    used = {"score_with_intervals_mb": _memory_mb() - before}
    return {**used, "score_with_intervals_cpu_s": time.process_time() - cpu}


def measure_coverage(sets: int) -> dict[str, Any]:
    """Return the coverage of each method in each setting, and the level of the permutation test."""
    settings = [
        {
            **simulate_coverage(films, correlation, sets, SEED)._asdict(),
            "scores": simulate_scores(films, correlation, sets, SEED),
        }
        for films in FILMS
        for correlation in CORRELATIONS
    ]
    levels = [
        float((sign_flip_p_values(drawn, SEED, 1024) <= 0.05).mean())
        for films in FILMS
        for correlation in CORRELATIONS
        for drawn in [simulate_level(films, correlation, sets, SEED)]
    ]
    found: dict[str, Any] = {"settings": settings, "level_min": min(levels)}
    found["level_max"] = max(levels)
    for method in ("studentised", "clip_bootstrap"):
        values = [each[method] for each in settings]
        found[f"{method}_coverage_min"], found[f"{method}_coverage_max"] = min(values), max(values)
    covered = [value for each in settings for value in each["scores"].values()]
    covered += [each["jackknife"] for each in settings]
    found["coverage_min"], found["coverage_max"] = min(covered), max(covered)
    return found


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--sets", type=int, default=3000, help="drawn sets a setting")
    parser.add_argument("--large", action="store_true", help="10 models and 100,000 clips, too")
    options = parser.parse_args()
    found: dict[str, Any] = measure_memory()
    found |= time_report(models=100, clips=642, films=24)
    found["memory_mb"] = _memory_mb()
    found |= measure_coverage(options.sets)
    if options.large:
        found["large"] = time_report(models=10, clips=100_000, films=None)
        found["large"]["memory_mb"] = _memory_mb()
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in found.items() if key != "settings"}, indent=1))
    rows = [{**each, **each["scores"]} for each in found["settings"]]
    print(pd.DataFrame(rows).drop(columns="scores").round(3).to_string(index=False))


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
