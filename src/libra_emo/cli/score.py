"""`kedro score`: anybody's answers on any set: the table, the statistics, the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context

if TYPE_CHECKING:
    from rich.table import Table

    from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport
    from libra_emo.evaluation.statistics.intervals import Interval

PLACE = click.Path(path_type=Path)
WIDTH = 118
INTERVAL_WIDTH = 11
SHOWN_PAIRS = 10
SHOWN_IDS = 12


@click.command()
@click.argument("answers", nargs=-1, required=True, type=PLACE)
@click.option(
    "--set", "name", required=True,
    help="bench, dfew, meld, crema_d, mafw, or a table with id, true label and film of each clip.",
)  # fmt: skip
@click.option(
    "--truth",
    type=PLACE,
    help="Published folder or file of the set, or a table with the true labels.",
)
@click.option("--fold", type=int, help="Fold of DFEW (default 1) or of MAFW.")
@click.option(
    "--classes", type=click.Choice(["13", "7"]), default="13",
    help="Score the 13 labels of the taxonomy, or their 7 coarse parents.",
)  # fmt: skip
@click.option("--votes", type=PLACE, help="Table of people's votes: clip_id, annotator, label.")
@click.option("--out", type=PLACE, help="Folder for the page, the tables and the figures.")
@click.option("--json", "summary", type=PLACE, help="File for the scores as JSON.")
@click.option("--mlflow", "logged", is_flag=True, help="Also log the report in MLflow.")
@environment_option
@click.option(
    "--seed", type=int, default=20250101, show_default=True, help="Seed of all random draws."
)
@click.option("--draws", type=click.IntRange(100), default=10_000, show_default=True,
              help="Number of random sign flips for each p-value.")  # fmt: skip
@click.pass_obj
@one_line_errors
def score(
    metadata: Any,
    answers: tuple[Path, ...],
    name: str,
    truth: Path | None,
    fold: int | None,
    classes: str,
    votes: Path | None,
    out: Path | None,
    summary: Path | None,
    logged: bool,
    env: str | None,
    seed: int,
    draws: int,
) -> None:
    """Score the ANSWERS of one or more models on a set, and compare the models in pairs.

    ANSWERS are tables (CSV, TSV, Parquet) with labels or raw replies, sample files of lmms-eval,
    or logs of inspect_ai (.json or .eval).
    """
    from libra_emo.common.files import write_json
    from libra_emo.evaluation.scoring.report_folder import write_report, writing_to
    from libra_emo.evaluation.scoring.request import ScoreRequest, run_request
    from libra_emo.evaluation.scoring.summary import summarise

    project = getattr(metadata, "project_path", Path())
    report = run_request(
        ScoreRequest(answers, name, truth, fold, classes == "7", votes, seed, draws), project
    )
    show_report(report)
    if out is not None:
        click.echo(f"the report is {write_report(report, out)}")
    if summary is not None:
        with writing_to(summary):
            write_json(summary, summarise(report))
        click.echo(f"the scores are in {summary}")
    if logged:
        log_report(report, out, project, env)
        click.echo("the report is in MLflow (`kedro runs` shows it)")


def log_report(report: ScoreReport, out: Path | None, project: Path, env: str | None) -> None:
    """Log a report in MLflow; one that is not written yet is written into a folder for a moment.

    Raises:
        ReportError: If MLflow does not take it.
    """
    from tempfile import TemporaryDirectory

    from libra_emo.evaluation.scoring.report_folder import ReportError, write_report
    from libra_emo.tracking.score_reports import log_scores

    with open_context(project, env) as context:
        settings = context.config_loader["mlflow"]
    with TemporaryDirectory() as name:
        if out is None:
            write_report(report, Path(name))
        try:
            log_scores(report, out or Path(name), settings, project)
        except Exception as error:  # of MLflow's stores, which have no common class
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ReportError(f"the report was not logged in MLflow: {reason}") from error


def show_report(report: ScoreReport) -> None:
    """Write the scores as a table, and the comparisons below."""
    from rich.console import Console

    console = Console(width=WIDTH, highlight=False, markup=False)
    console.print(draw_scores(report))
    films = len(set(report.clips.film))
    if not report.clips.films_known:
        console.print("The films of the clips are not known: intervals take clips as independent.")
    for model in report.models:
        for line in describe_gaps(model):
            console.print(line)
    if report.published:
        console.print(draw_published(report))
    if report.comparisons:
        console.print(draw_comparisons(report))
    if report.power is not None:
        unit = "films" if report.clips.films_known else "clips"
        console.print(
            f"A typical pair shows a difference of {_percent(report.power.difference)} points or "
            f"more with {films} {unit}; {_percent(report.power.wanted)} points need about "
            f"{report.power.films}."
        )
    if report.ceiling is not None:
        one = report.ceiling.one_against_others
        console.print(f"One annotator against the others: {_share(one)}.")


def draw_scores(report: ScoreReport) -> Table:
    """Return a row a model, the most accurate first, both headlines beside each other."""
    from rich.table import Table

    clips = report.clips
    unit = f"{len(set(clips.film))} films" if clips.films_known else "films not known"
    table = Table(title=f"{clips.classes.title}: {len(clips)} clips, {unit}; in percent")
    table.add_column("model", overflow="fold")
    for title in ("accuracy\n(WAR)", "UAR", "macro F1", "accuracy,\nreadable", "UAR,\nreadable"):
        table.add_column(title, justify="right", min_width=INTERVAL_WIDTH)
    for title in ("no\nlabel", "no\nanswer", "if wrong,\nif right"):
        table.add_column(title, justify="right")
    for place in report.best_first:
        model = report.models[place]
        bounds = model.bounds_all["accuracy"]
        table.add_row(
            model.name,
            *(_share(model.scores[name], "\n") for name in ("accuracy", "uar", "macro_f1")),
            *(_share(model.readable[name], "\n") for name in ("accuracy", "uar")),
            str(len(model.without_label)),
            str(len(model.missing) + len(model.failed)),
            f"{_percent(bounds.low)}\n{_percent(bounds.high)}",
        )
    return table


def draw_published(report: ScoreReport) -> Table:
    """Return the rows that the paper published on the set."""
    from rich.table import Table

    names = ("accuracy", "uar", "macro_f1", "weighted_f1")
    table = Table(title="Published, not measured here; in percent")
    for title in ("table", "model", "sees", "accuracy", "UAR", "macro F1", "weighted F1"):
        table.add_column(title, justify="left" if title in ("table", "model", "sees") else "right")
    for row in report.published:
        scores = (row.scores.get(name) for name in names)
        cells = ("" if value is None else _percent(value) for value in scores)
        table.add_row(row.table, row.model, row.modalities, *cells)
    return table


def draw_comparisons(report: ScoreReport) -> Table:
    """Return the surest differences between models."""
    from rich.table import Table

    from libra_emo.evaluation.scoring.page import p_value
    from libra_emo.evaluation.scoring.tables import comparison_table

    pairs = comparison_table(report)
    more = f", the surest {SHOWN_PAIRS}" if len(pairs) > SHOWN_PAIRS else ""
    table = Table(title=f"{len(pairs)} pairs{more}: points of accuracy; p by films, then Holm's")
    for title in ("better", "worse", "difference", "p", "p, Holm", "p, McNemar"):
        table.add_column(title, justify="left" if title in ("better", "worse") else "right")
    for row in pairs.head(SHOWN_PAIRS).to_dict("records"):
        low, high = _percent(row["difference_low"], ".1f"), _percent(row["difference_high"], ".1f")
        table.add_row(
            str(row["better"]),
            str(row["worse"]),
            f"{_percent(row['difference'])} ({low} to {high})",
            *(p_value(row[name]) for name in ("p_value", "p_holm", "p_mcnemar")),
        )
    return table


def describe_gaps(model: ModelScore) -> list[str]:
    """Return which clips have no answer, and what became of the answers without a label."""
    lines = []
    for ids, what in ((model.missing, "no answer for"), (model.failed, "failed for")):
        if ids:
            more = ", …" if len(ids) > SHOWN_IDS else ""
            lines.append(
                f"{model.name}: {what} {len(ids)} clips: {', '.join(ids[:SHOWN_IDS])}{more}"
            )
    shares = {key: count for key, count in model.statuses.items() if key not in ("answered",)}
    if model.without_label:
        counts = ", ".join(f"{count} {key}" for key, count in shares.items() if count)
        lines.append(f"{model.name}: {counts}")
    if model.left_out:
        lines.append(f"{model.name}: {model.left_out} answers to clips that the set leaves out")
    return lines


def _share(interval: Interval, between: str = " ") -> str:
    ends = f"({_percent(interval.low, '.1f')}-{_percent(interval.high, '.1f')})"
    return f"{_percent(interval.estimate)}{between}{ends}"


def _percent(value: float, form: str = ".2f") -> str:
    from libra_emo.evaluation.scoring.page import percent

    return percent(value, form)
