"""`kedro export-bench`: the bench as a task of lmms-eval, with the answers that it has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context

NEEDED = ("bench_labels", "candidates")


@click.command(name="export-bench")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the task.",
)
@click.option("--clips", is_flag=True, help="Copy the videos of the clips into the folder, too.")
@environment_option
@click.pass_obj
@one_line_errors
def export_bench(metadata: Any, folder: Path, clips: bool, env: str | None) -> None:
    """Write the bench as a task for `lmms_eval --include_path FOLDER`.

    Where the bench was evaluated, `samples` gets the answers of every model in the form of
    lmms-eval's sample files. The folder has subtitles of the films, and with --clips their
    pictures.
    """
    from libra_emo.evaluation.lmms_task.samples import write_samples
    from libra_emo.evaluation.lmms_task.task_folder import TASK, list_clips, write_task
    from libra_emo.evaluation.metrics import EvaluationError

    place = folder.resolve()
    os.chdir(metadata.project_path)
    with open_context(metadata.project_path, env) as context:
        catalog = context.catalog
        for name in NEEDED:
            if not catalog.exists(name):
                raise EvaluationError(f"{name} is missing; run `kedro run --pipeline bench` first")
        bench, candidates = catalog.load("bench_labels"), catalog.load("candidates")
        videos = Path(catalog.load("clips_folder")) if clips else None
        write_task(place, bench, candidates, catalog.load("taxonomy"), videos)
        written: list[Path] = []
        if catalog.exists("bench_predictions"):
            table = list_clips(bench, candidates)
            written = write_samples(place / "samples", catalog.load("bench_predictions"), table)
    click.echo(f"{len(bench)} clips and the answers of {len(written)} models are in {folder}")
    click.echo(f"lmms_eval --include_path {folder} --tasks {TASK} --log_samples --model …")
