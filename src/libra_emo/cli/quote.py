"""`kedro quote`: what models will cost, per pipeline and in all, before any request is sent."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import configured, open_context
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    import pandas as pd
    from kedro.framework.context import KedroContext

    from libra_emo.evaluation.options import EvaluationOptions
    from libra_emo.explanations.options import ExplanationOptions
    from libra_emo.llm.options import AskingOptions, ModelOptions
    from libra_emo.llm.pricing.price_list import PriceList
    from libra_emo.voting.options import VotingOptions

PIPELINES = ("voting", "explanation", "evaluation")
COLUMNS = ("pipeline", "who", "model", "clips", "answered", "to_ask", "low_usd", "high_usd")
NEEDED = {
    "features": "preprocessing",
    "clip_shards": "preprocessing",
    "bench_sample": "bench",
    "pool": "bench",
}


class Ceiling(NamedTuple):
    """What a pipeline may spend, and what its most expensive call reserves while it is running."""

    usd: float
    call_usd: float = 0.0


class QuoteError(LibraEmoError):
    """There is nothing yet that could be priced."""


@click.command()
@configured
@click.pass_obj
@one_line_errors
def quote(metadata: Any, env: str | None, params: dict[str, Any]) -> None:
    """Estimate what votes, explanations and evaluated models will cost, at least and at most.

    The estimate needs the clips, so run preprocessing and bench first. No model is asked.
    """
    import pandas as pd

    from libra_emo.configuration.models import asked_models, check_models
    from libra_emo.evaluation.options import EvaluationOptions
    from libra_emo.explanations.options import ExplanationOptions
    from libra_emo.voting.options import VotingOptions

    os.chdir(metadata.project_path)
    with open_context(metadata.project_path, env, params) as context:
        groups: dict[str, list[ModelOptions]] = {}
        for key, model in asked_models(context.params, PIPELINES):
            groups.setdefault(key.split(".")[0], []).append(model)
        if not groups:
            click.echo("no voter, writer or evaluated model is asked, so nothing costs money")
            return
        loader: Any = context.config_loader
        prices = context.catalog.load("prices")
        check_models(loader["parameters"], groups, lambda: prices, loader.place_of)
        _check_inputs(context)
        tables, ceilings = [], {}
        if "voting" in groups:
            voting = VotingOptions.model_validate(context.params["voting"])
            tables.append(_quote_voting(context, voting))
            ceilings["voting"] = _ceiling(voting, groups["voting"], prices)
        if "explanation" in groups:
            explanation = ExplanationOptions.model_validate(context.params["explanation"])
            tables.append(_quote_explanations(context, explanation))
            ceilings["explanation"] = _ceiling(explanation, groups["explanation"], prices)
        if "evaluation" in groups:
            evaluation = EvaluationOptions.model_validate(context.params["evaluation"])
            tables.append(_quote_evaluation(context, evaluation))
            ceilings["evaluation"] = _ceiling(evaluation, groups["evaluation"], prices)
    quoted = pd.concat(tables, ignore_index=True)
    show_quote(quoted, list(describe(quoted, prices.date, ceilings)))


def describe(quoted: pd.DataFrame, date: object, ceilings: dict[str, Ceiling]) -> Iterator[str]:
    """Give the lines that sum a quote up: each pipeline, all, and ceilings that are too low."""
    sums = quoted.groupby("pipeline", sort=False)[["low_usd", "high_usd"]].sum()
    for pipeline, row in sums.iterrows():
        yield f"{pipeline}: ${row['low_usd']:.2f} to ${row['high_usd']:.2f}"
    low, high = quoted["low_usd"].sum(), quoted["high_usd"].sum()
    yield f"in all ${low:.2f} to ${high:.2f}, by the prices of {date}"
    for pipeline, row in sums.iterrows():
        ceiling = ceilings[str(pipeline)]
        if row["high_usd"] + ceiling.call_usd * (row["high_usd"] > 0) > ceiling.usd:
            reserve = f"; a running call reserves up to ${ceiling.call_usd:.2f}"
            yield (
                f"{pipeline}.max_cost_usd is {ceiling.usd:g}: the run may stop before it is done"
                + reserve * (ceiling.call_usd > 0)
            )


def show_quote(quoted: pd.DataFrame, lines: Sequence[str]) -> None:
    """Write a quote as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What asking models will cost")
    for name in quoted.columns:
        table.add_column(name.replace("_usd", ", $").replace("_", " "), justify="right")
    for row in quoted.itertuples(index=False):
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    console = Console(width=110)
    console.print(table)
    for line in lines:
        console.print(line, highlight=False)


def _ceiling(options: AskingOptions, models: Iterable[ModelOptions], prices: PriceList) -> Ceiling:
    """Return the ceiling that options set for the models that they have asked."""
    from libra_emo.llm.client.model import price_of

    most = [price_of(model, prices).most_usd(model.max_answer_tokens) for model in models]
    return Ceiling(options.max_cost_usd, max(most) if options.strict_ceiling else 0.0)


def _check_inputs(context: KedroContext) -> None:
    for name, maker in NEEDED.items():
        if not context.catalog.exists(name):
            raise QuoteError(
                f"{name} is missing, and with it what would be sent: run "
                f"`kedro run --pipeline {maker}` first"
            )


def _tools(context: KedroContext, ledger: Any, prompt: str) -> Any:
    from libra_emo.llm.client.model import LlmResources
    from libra_emo.llm.client.progress import utc_now

    load, parameters = context.catalog.load, context.params
    asked = load(prompt).with_values(person_meant=parameters["person_meant"])
    return LlmResources(
        load("clip_shards"), ledger, asked, load("prices"), load("llm_keys"),
        parameters["seed"], utc_now,
    )  # fmt: skip


def _quote_voting(context: KedroContext, voting: VotingOptions) -> pd.DataFrame:
    from libra_emo.voting.quote import quote_voting
    from libra_emo.voting.voters import build_voters

    load = context.catalog.load
    features = load("features")
    asked = {*load("bench_sample")["clip_id"], *load("pool")["clip_id"]}
    clips = features[features["clip_id"].isin(asked)]
    with load("answers") as ledger:
        tools = _tools(context, ledger, "annotate_prompt")
        quoted = quote_voting(build_voters(voting, load("taxonomy"), tools), clips, voting)
    quoted = quoted.rename(columns={"voter": "who"}).assign(pipeline="voting")
    return quoted[list(COLUMNS)]


def _quote_evaluation(context: KedroContext, evaluation: EvaluationOptions) -> pd.DataFrame:
    """Return a row an evaluated model; before the bench is labelled, every clip of its sample."""
    from libra_emo.pipelines.evaluation.asked import as_voting, build_labellers
    from libra_emo.voting.quote import quote_voting

    load = context.catalog.load
    bench = load("bench_labels" if context.catalog.exists("bench_labels") else "bench_sample")
    features = load("features")
    clips = features[features["clip_id"].isin(bench["clip_id"])]
    with load("evaluation_answers") as ledger:
        tools = _tools(context, ledger, "annotate_prompt")
        models = build_labellers(evaluation, load("taxonomy"), tools)
        quoted = quote_voting(models, clips, as_voting(evaluation))
    return quoted.rename(columns={"voter": "who"}).assign(pipeline="evaluation")[list(COLUMNS)]


def _quote_explanations(context: KedroContext, explanation: ExplanationOptions) -> pd.DataFrame:
    """Return the row of the writer; before there are labels, every clip of the pool may get one."""
    import pandas as pd

    from libra_emo.explanations.clips import clips_to_explain, clips_without_labels
    from libra_emo.explanations.model_writer import ModelWriter
    from libra_emo.explanations.quote import quote_explanations

    load, taxonomy = context.catalog.load, context.catalog.load("taxonomy")
    features = load("features")
    if context.catalog.exists("labels"):
        clips = clips_to_explain(load("labels"), features, taxonomy)
    else:
        clips = clips_without_labels(load("pool"), taxonomy)
    with load("explanation_answers") as ledger:
        tools = _tools(context, ledger, "explain_prompt")
        costs = quote_explanations(ModelWriter(explanation, taxonomy, tools), clips)
    writer = explanation.writer
    row = (
        "explanation", writer.name, str(writer.model), costs.clips, costs.answered, costs.to_ask,
        costs.cost.low_usd, costs.cost.high_usd,
    )  # fmt: skip
    return pd.DataFrame([row], columns=list(COLUMNS))
