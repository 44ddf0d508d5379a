"""`kedro export-bench`, up to the tables that it needs."""

import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner
from kedro.io import DataCatalog, MemoryDataset

from libra_emo.cli.export_bench import export_bench
from libra_emo.taxonomy import read_taxonomy

MODULE = sys.modules["libra_emo.cli.export_bench"]
BENCH = pd.DataFrame({"clip_id": ["c0", "c1"], "label": ["sad", "happy"]})
CANDIDATES = pd.DataFrame({"clip_id": ["c0", "c1"], "source_id": "film", "subtitle": "No."})
PREDICTIONS = pd.DataFrame(
    {"model": "student", "modalities": "V", "clip_id": ["c0", "c1"], "predicted": ["sad", None]}
)


@pytest.fixture
def export(tmp_path, monkeypatch):
    def run(*arguments, **tables):
        given = {"taxonomy": read_taxonomy(), "clips_folder": tmp_path / "videos", **tables}
        catalog = DataCatalog({name: MemoryDataset(value) for name, value in given.items()})

        @contextmanager
        def open_context(*_):
            yield SimpleNamespace(catalog=catalog)

        monkeypatch.setattr(MODULE, "open_context", open_context)
        monkeypatch.chdir(tmp_path)
        project = SimpleNamespace(project_path=tmp_path)
        return CliRunner().invoke(export_bench, [*map(str, arguments)], obj=project)

    return run


def test_the_task_and_the_answers_of_the_models_are_written(export, tmp_path):
    tables = {"bench_labels": BENCH, "candidates": CANDIDATES, "bench_predictions": PREDICTIONS}
    done = export("--to", tmp_path / "task", **tables)
    assert done.exit_code == 0, done.output
    assert "2 clips and the answers of 1 models" in done.output
    assert (tmp_path / "task/samples/student_V/samples_libra_emo_bench.jsonl").is_file()
    assert not (tmp_path / "task/clips").exists()


def test_the_bench_need_not_be_evaluated_before(export, tmp_path):
    done = export("--to", tmp_path / "task", bench_labels=BENCH, candidates=CANDIDATES)
    assert done.exit_code == 0 and not (tmp_path / "task/samples").exists()


def test_without_a_bench_or_videos_one_line_says_what_is_missing(export, tmp_path):
    done = export("--to", tmp_path / "task", candidates=CANDIDATES)
    assert done.exit_code == 1 and done.output.count("\n") == 1
    assert "bench_labels is missing; run `kedro run --pipeline bench` first" in done.output
    done = export("--to", tmp_path / "t", "--clips", bench_labels=BENCH, candidates=CANDIDATES)
    assert done.exit_code == 1 and "c0.mp4 is missing" in done.output
