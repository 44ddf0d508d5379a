"""`kedro quote`: what the voting will cost, before anybody is asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from kedro.framework.cli.utils import _split_params

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import open_context

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.option("--env", "-e", help="Kedro configuration environment.")
@click.option(
    "--params",
    type=click.UNPROCESSED,
    default="",
    callback=_split_params,
    help="Parameters that go before those in the files.",
)
@click.pass_obj
@one_line_errors
def quote(metadata: Any, env: str | None, params: dict[str, Any]) -> None:
    """Price the voting by models: per voter and in all, low and high."""
    from libra_emo.llm.asker import LlmTools
    from libra_emo.llm.progress import utc_now
    from libra_emo.voting.options import VotingOptions
    from libra_emo.voting.quote import describe_quote, quote_voting
    from libra_emo.voting.voters import build_voters

    os.chdir(metadata.project_path)
    with open_context(metadata.project_path, env, params) as context:
        load = context.catalog.load
        voting = VotingOptions.model_validate(context.params["voting"])
        if not any(voter.kind == "llm" for voter in voting.voters):
            click.echo("no voter asks a model: the voting costs nothing")
            return
        features = load("features")
        asked = {*load("bench_sample")["clip_id"], *load("pool")["clip_id"]}
        clips = features[features["clip_id"].isin(asked)]
        prices, seed = load("prices"), context.params["seed"]
        with load("answers") as ledger:
            tools = LlmTools(
                load("clip_shards"), ledger, load("annotate_prompt"), prices, load("llm_keys"),
                seed, utc_now,
            )  # fmt: skip
            voters = build_voters(voting, load("taxonomy"), tools)
            quoted = quote_voting(voters, clips, voting)
    show_quote(quoted, describe_quote(quoted, prices.date, voting.max_cost_usd))


def show_quote(quoted: pd.DataFrame, lines: Any) -> None:
    """Write a quote as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What the voting will cost")
    for name in quoted.columns:
        table.add_column(name.replace("_usd", ", $").replace("_", " "), justify="right")
    for row in quoted.itertuples(index=False):
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    console = Console(width=100)
    console.print(table)
    for line in lines:
        console.print(line, highlight=False)
