"""A report as a folder: page, tables in three forms, figures in two, summary, and all answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from libra_emo.common.files import new_file, raise_if_disk, write_json, write_text
from libra_emo.common.spreadsheets import guard_table
from libra_emo.errors import LibraEmoError
from libra_emo.evaluation.scoring.figures import draw_figures, to_bytes
from libra_emo.evaluation.scoring.page import render_page
from libra_emo.evaluation.scoring.samples_files import write_sample_files
from libra_emo.evaluation.scoring.score_report import ScoreReport
from libra_emo.evaluation.scoring.summary import summarise
from libra_emo.evaluation.scoring.tables import (
    class_table,
    comparison_table,
    confusion_tables,
    open_clips_table,
    people_table,
    score_table,
    to_latex,
    to_markdown,
)

PAGE, SUMMARY, SAMPLES = "report.html", "scores.json", "samples"


class ReportError(LibraEmoError):
    """A report cannot be written where it is wanted."""


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """End with one line where a file or folder cannot be written.

    Raises:
        DiskError: If the disk is full or may not be written to.
        ReportError: If the place is no file or no folder, as it has to be.
    """
    try:
        yield
    except OSError as error:
        raise_if_disk(error, place)
        raise ReportError(f"{place}: cannot be written: {error.strerror or error}") from error


def write_report(report: ScoreReport, folder: Path) -> Path:
    """Write a report into a folder; return the place of its page.

    Raises:
        DiskError: If the disk is full or may not be written to.
        ReportError: If the folder is a file.
    """
    with writing_to(folder):
        _write_tables(report, folder)
        write_sample_files(report, folder / SAMPLES)
        figures: dict[str, tuple[str, bytes]] = {}
        for picture in draw_figures(report):
            image = to_bytes(picture.figure, "png")
            figures[picture.name] = (picture.caption, image)
            _write_bytes(folder / f"{picture.name}.png", image)
            _write_bytes(folder / f"{picture.name}.svg", to_bytes(picture.figure, "svg"))
        write_json(folder / SUMMARY, summarise(report))
        write_text(folder / PAGE, render_page(report, figures))
    return folder / PAGE


def _write_tables(report: ScoreReport, folder: Path) -> None:
    for name, table in (
        ("scores", score_table(report)),
        ("classes", class_table(report)),
        ("comparisons", comparison_table(report)),
        ("people", people_table(report)),
    ):
        _write_csv(folder / f"{name}.csv", table)
        write_text(folder / f"{name}.md", to_markdown(table))
        write_text(folder / f"{name}.tex", to_latex(table))
    lists: dict[str, pd.DataFrame] = {
        "confusion": confusion_tables(report),
        "open_clips": open_clips_table(report),
        "left_out": report.clips.left_out,
    }
    for name, table in lists.items():
        _write_csv(folder / f"{name}.csv", table)


def _write_bytes(path: Path, content: bytes) -> None:
    with new_file(path) as part:
        part.write_bytes(content)


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    write_text(path, guard_table(table).to_csv(index=False, lineterminator="\n"))
