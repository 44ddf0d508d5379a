"""`kedro simulate`: query strategies side by side on a simulated world, or on replayed votes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors

if TYPE_CHECKING:
    from libra_emo.simulation.options import SimulationOptions
    from libra_emo.simulation.simulate import Result

PLOT_DPI = 120


@click.command()
@click.option(
    "--world", default="base", show_default=True, help="World: base, kind, correlated or worst."
)
@click.option(
    "--clips", default=12_000, show_default=True, help="Number of clips, 1,000 to 60,000."
)
@click.option(
    "--arms",
    default="disagreement,expected_gain,random,selective_risk",
    show_default=True,
    help="Query strategies, separated by commas.",
)
@click.option("--seeds", default=3, show_default=True, help="Number of populations to draw.")
@click.option("--first-seed", default=1, show_default=True, help="Seed of the first population.")
@click.option(
    "--coverage-datasets",
    default=100,
    show_default=True,
    help="Number of datasets that measure the coverage of the certificate.",
)
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV in the form of FER+; its votes are used instead of a simulated world.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for plots.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the results as JSON.",
)
@one_line_errors
def simulate(out: Path | None, json_file: Path | None, replay: Path | None, **options: Any) -> None:
    """Compare query strategies by the number of human judgements that they need."""
    from libra_emo.common.files import write_json
    from libra_emo.taxonomy import read_taxonomy

    chosen = _read_options(options)
    if replay is not None:
        from libra_emo.simulation.replay import replay_votes

        result, labels = replay_votes(replay, chosen, click.echo)
    else:
        from libra_emo.simulation.simulate import simulate as run

        taxonomy = read_taxonomy()
        result, labels = run(chosen, taxonomy, click.echo), taxonomy.labels
    for line in describe(result):
        click.echo(line)
    if out is not None:
        write_plots(result, labels, out)
    if json_file is not None:
        write_json(json_file, result.summary)


def _read_options(options: dict[str, Any]) -> SimulationOptions:
    from pydantic import ValidationError

    from libra_emo.common.options import describe_error
    from libra_emo.simulation.options import SimulationOptions

    arms = tuple(part.strip() for part in options.pop("arms").split(",") if part.strip())
    try:
        return SimulationOptions.model_validate({**options, "arms": arms})
    except ValidationError as error:
        raise click.UsageError(describe_error(error)) from error


def describe(result: Result) -> list[str]:
    """Return the findings as lines."""
    lines = []
    for arm, found in result.summary["arms"].items():
        if "share_of_judgements" not in found:
            continue
        share = found["share_of_judgements"]
        reach = "does not reach" if share is None else f"needs {100 * share:.1f} % of"
        what = "the paper rule's labels" if share is None else "the paper rule's judgements"
        worse = ", ".join(found["classes_worse"]) or "none"
        lines.append(f"{arm} {reach} {what}; classes with a lower recall at equal cost: {worse}")
    coverage = result.summary["certificate"]
    if coverage["overall"] is not None:
        line = (
            f"the certificate's interval covers in {100 * coverage['overall']:.0f} % of "
            f"{coverage['datasets']} datasets"
        )
        if coverage["by_label"] is not None:
            line += f", all classes at once in {100 * coverage['by_label']:.0f} %"
        lines.append(line)
    return lines


def write_plots(result: Result, labels: tuple[str, ...], out: Path) -> None:
    """Write the points as a table, and the plots as PNG files."""
    from libra_emo.common.files import new_file
    from libra_emo.common.spreadsheets import guard_table
    from libra_emo.simulation.comparison import METRICS
    from libra_emo.simulation.plots import plot_curves, plot_recalls

    title = f"{result.summary['world']}: {result.summary['clips']:,} clips"
    figures = {metric: plot_curves(result.points, metric, title) for metric in METRICS}
    for arm, found in result.summary["arms"].items():
        if "recall_at_equal_cost" in found:
            figures[f"recall_{arm}"] = plot_recalls(
                found["recall_at_equal_cost"], labels, f"{arm} against the paper's rule: {title}"
            )
    for name, figure in figures.items():
        with new_file(out / f"{name}.png") as part:
            figure.savefig(part, format="png", dpi=PLOT_DPI, metadata={"Software": None})
    with new_file(out / "points.csv") as part:
        points = guard_table(result.points)
        points.to_csv(part, index=False, lineterminator="\n", float_format="%.6f")
