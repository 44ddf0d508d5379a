"""`kedro power` and `kedro budget`: what a certificate takes, before anybody is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors

json_option = click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the results as JSON.",
)
SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.option("--expected", type=click.FloatRange(0, 1, max_open=True), required=True,
              help="Share of wrong labels that you expect, such as 0.05.")  # fmt: skip
@click.option("--limit", type=SHARE, help="Share that is to be certified, such as 0.10.")
@click.option("--width", type=SHARE, help="Half the width of the interval, such as 0.02.")
@click.option("--clips", type=click.IntRange(1), help="Number of audited clips that you can pay.")
@click.option("--alpha", type=SHARE, default=0.05, show_default=True,
              help="Probability of a wrong certificate.")  # fmt: skip
@click.option("--power", "chance", type=SHARE, default=0.9, show_default=True,
              help="Probability of a certificate if the labels are as expected.")  # fmt: skip
@click.option("--clips-per-film", type=click.FloatRange(1), default=1.0, show_default=True,
              help="Number of audited clips of one film, on average.")  # fmt: skip
@click.option("--correlation", type=click.FloatRange(0, 1), default=0.0, show_default=True,
              help="How alike clips of one film are, 0 to 1.")  # fmt: skip
@json_option
@one_line_errors
def power(json_file: Path | None, **asked: Any) -> None:
    """Compute how many clips an audit needs, or what a number of clips certifies."""
    from libra_emo.common.files import write_json

    if all(asked[name] is None for name in ("limit", "width", "clips")):
        raise click.UsageError("give --limit, --width or --clips")
    if asked["limit"] is not None and asked["limit"] <= asked["expected"]:
        raise click.UsageError("--limit must be above --expected; no audit certifies less")
    found, lines = compute_power(asked)
    for line in lines:
        click.echo(line)
    if json_file is not None:
        write_json(json_file, found)


def compute_power(asked: dict[str, Any]) -> tuple[dict[str, float], list[str]]:
    """Return the figures by name, and as lines.

    Args:
        asked: The options of `kedro power` by name; `chance` is --power.
    """
    from libra_emo.labelling.power import (
        certifiable_limit,
        clips_for_width,
        clips_to_certify,
        design_effect,
    )

    effect = design_effect(asked["clips_per_film"], asked["correlation"])
    expected, alpha = asked["expected"], asked["alpha"]
    common = {"alpha": alpha, "design_effect": effect}
    found: dict[str, float] = {"design_effect": round(effect, 4)}
    lines = [f"design effect {effect:.2f}"] if effect > 1 else []
    if asked["limit"] is not None:
        found["clips_to_certify"] = clips_to_certify(
            asked["limit"], expected, power=asked["chance"], **common
        )
        lines.append(
            f"{found['clips_to_certify']:,} clips certify at most {100 * asked['limit']:g} % "
            f"where {100 * expected:g} % are wrong"
        )
    if asked["width"] is not None:
        found["clips_for_width"] = clips_for_width(asked["width"], expected, **common)
        lines.append(
            f"{found['clips_for_width']:,} clips give ± {100 * asked['width']:g} points "
            f"at {100 * expected:g} %"
        )
    if asked["clips"] is not None:
        limit = certifiable_limit(asked["clips"], expected, power=asked["chance"], **common)
        found["certifiable_limit"] = round(limit, 4)
        lines.append(
            f"{asked['clips']:,} clips certify at most {100 * limit:.1f} % "
            f"where {100 * expected:g} % are wrong"
        )
    return found, lines


@click.command()
@click.option("--clips", type=click.IntRange(1), required=True, help="Number of clips.")
@click.option("--people", type=click.FloatRange(0, min_open=True), default=4.0, show_default=True,
              help="Number of people who answer for a clip, on average.")  # fmt: skip
@click.option("--adjudicated", type=click.FloatRange(0, 1), default=0.1, show_default=True,
              help="Share of the clips that an adjudicator answers, too.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=20.0,
              show_default=True, help="Time for one answer, watching included.")  # fmt: skip
@click.option("--price", type=click.FloatRange(0), default=15.0, show_default=True,
              help="Price of an hour of work.")  # fmt: skip
@click.option("--fee", type=click.FloatRange(0), default=0.0, show_default=True,
              help="Share that a platform adds to the price.")  # fmt: skip
@json_option
@one_line_errors
def budget(
    clips: int,
    people: float,
    adjudicated: float,
    seconds: float,
    price: float,
    fee: float,
    json_file: Path | None,
) -> None:
    """Compute answers, hours and money of a campaign or an audit."""
    from libra_emo.common.files import write_json
    from libra_emo.labelling.power import BudgetOptions, plan_budget

    options = BudgetOptions(seconds_per_judgement=seconds, price_per_hour=price, fee_share=fee)
    found = plan_budget(clips, people, adjudicated, options)
    click.echo(f"{found.judgements:,} answers, {found.hours:,.1f} hours, {found.money:,.2f} in all")
    if json_file is not None:
        write_json(json_file, found.model_dump())
