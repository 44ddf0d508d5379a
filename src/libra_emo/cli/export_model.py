"""`kedro export-model`: a fine-tuned student as a folder that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors


@click.command(name="export-model")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--adapter",
    is_flag=True,
    help="Write the low-rank matrices alone, for use beside their base, instead of merging them.",
)
@click.option("--name", default="student", show_default=True, help="Name of the model in vLLM.")
@click.pass_obj
@one_line_errors
def export_model(metadata: Any, folder: Path, out: Path, adapter: bool, name: str) -> None:
    """Write the model of the student in FOLDER into OUT, for vLLM, ms-swift and transformers.

    FOLDER is a saved multimodal student, such as data/06_models/final. OUT gets the weights, the
    processor with its chat template, and the prompt.
    """
    from libra_emo.students import StudentError
    from libra_emo.students.multimodal.exporting import export_student
    from libra_emo.students.storage import read_card

    kind = read_card(folder)["kind"]
    if kind != "multimodal":
        raise StudentError(
            f"{folder}: holds a {kind} student, which has no weights for other programs; train "
            "one with student: multimodal"
        )
    exported = export_student(folder, out, merged=not adapter, name=name)
    click.echo(f"the model is in {exported.folder}")
    for program, command in exported.commands.items():
        click.echo(f"{program}: {command}")
